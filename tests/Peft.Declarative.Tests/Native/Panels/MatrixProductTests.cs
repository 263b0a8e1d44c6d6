using System.Runtime.InteropServices;
using Peft.Declarative.Adapters;
using Peft.Declarative.Layers;
using Peft.Declarative.Models;
using Peft.Declarative.Native;
using Peft.Declarative.Native.Panels;
using Peft.Declarative.Quantization;
using Peft.Declarative.Tests.Adapters;
using Peft.Declarative.Tests.Fixtures;
using TorchSharp;
using static TorchSharp.torch;

namespace Peft.Declarative.Tests.Native.Panels;

/// <summary>Products in panels and those of libtorch are the same, with what is computed from them.</summary>
public sealed class MatrixProductTests : IDisposable
{
    public void Dispose()
    {
        PanelSpeed.IsAssumed = null;
        BFloat16Speed.IsAssumed = null;
    }

    [SkippableTheory]
    [InlineData(ScalarType.Float32, false)]
    [InlineData(ScalarType.Float32, true)]
    [InlineData(ScalarType.BFloat16, false)]
    [InlineData(ScalarType.BFloat16, true)]
    public void FrozenProduct_InPanels_HasTheValueAndTheGradientOfLibtorch(ScalarType type, bool hasBias)
    {
        Skip.IfNot(PanelProduct.IsSupported, "The processor has no vectors of 512 bits.");
        using DisposeScope scope = NewDisposeScope();
        random.manual_seed(2).Dispose();
        (Tensor x, Tensor weight, Tensor? bias) = (randn(3, 40, 200), randn(130, 200).to(type), hasBias ? randn(130) : null);

        (Tensor value, Tensor gradient) = Computed(panels: false, x, weight, bias);
        (Tensor ours, Tensor ourGradient) = Computed(panels: true, x, weight, bias);

        Close.UpToRounding(value, ours, "value");
        Close.UpToRounding(gradient, ourGradient, "gradient");
    }

    [SkippableTheory]
    [InlineData(QuantizationType.Nf4, 64, true, true)]
    [InlineData(QuantizationType.Nf4, 64, true, false)]
    [InlineData(QuantizationType.Fp4, 64, false, true)]
    [InlineData(QuantizationType.Fp4, 32, false, false)]
    [InlineData(QuantizationType.Nf4, 128, true, true)]    // blocks that reach over panels are dequantized before
    [InlineData(QuantizationType.Nf4, 128, true, false)]
    public void BlockProduct_InPanels_IsThatOfTheDequantizedWeight(QuantizationType type, int block, bool nested, bool transposes)
    {
        Skip.IfNot(PanelProduct.IsSupported, "The processor has no vectors of 512 bits.");
        using DisposeScope scope = NewDisposeScope();
        PanelSpeed.IsAssumed = true;
        random.manual_seed(2).Dispose();
        using var dequantizer = new Dequantizer();
        var settings = new QuantizationSettings { Type = type, BlockSize = block, DoubleQuantization = nested };
        var store = new QuantizedStore(QuantizedTensor.Quantize(randn(140, 384), settings), dequantizer, LayerIsTransposed: false);
        Tensor dense = store.Weight.Dequantize(ScalarType.Float32).to(ScalarType.Float64);
        Tensor x = randn(50, transposes ? 384 : 140);
        Tensor before = randn(50, transposes ? 140 : 384);

        Tensor sum = before.clone();
        BlockProduct.Compute(sum, adds: true, x, store, transposes, narrow: false);

        Close.UpToRounding((before + x.to(ScalarType.Float64).mm(transposes ? dense.t() : dense)).to(ScalarType.Float32), sum, "sum");
        store.Dispose();
    }

    [SkippableFact]
    public void Takes_WhatPanelsDoNotCompute_IsLeftToLibtorch()
    {
        Skip.IfNot(PanelProduct.IsSupported, "The processor has no vectors of 512 bits.");
        using DisposeScope scope = NewDisposeScope();
        PanelSpeed.IsAssumed = true;
        Tensor weight = randn(100, 200);

        Assert.True(MatrixProduct.Takes(randn(40, 200), weight));
        Assert.True(MatrixProduct.Takes(randn(40, 100), weight.t()));
        Assert.False(MatrixProduct.Takes(randn(40, 200).to(ScalarType.Float64), weight));
        Assert.False(MatrixProduct.Takes(randn(40, 200), weight.to(ScalarType.Float16)));
        Assert.False(MatrixProduct.Takes(randn(200, 40).t(), weight));            // its rows are not side by side
        Assert.False(MatrixProduct.Takes(randn(40, 100), randn(100, 200).slice(1, 0, 200, 2)));
        Assert.False(MatrixProduct.Takes(randn(1, 200), weight));
        Assert.False(MatrixProduct.Takes(randn(40, 200), randn(8, 200)));         // an adapter's rank
        Assert.False(MatrixProduct.Takes(randn(0, 200), weight));
        Assert.False(MatrixProduct.Takes(randn(80, 100), weight));                // 40 rows of 200, in all
        Assert.False(MatrixProduct.Takes(randn(40, 200), randn(100, 200, 1)));    // no matrix
        PanelSpeed.IsAssumed = false;
        Assert.False(MatrixProduct.Takes(randn(40, 200), weight));
    }

    // What is too large or too small would be read or written past its end.
    [SkippableTheory]
    [InlineData(90, 200, 100)]
    [InlineData(80, 100, 100)]
    [InlineData(80, 200, 90)]
    public void Put_ShapesThatDoNotFit_IsRefused(int rows, int inner, int columns)
    {
        Skip.IfNot(PanelProduct.IsSupported, "The processor has no vectors of 512 bits.");
        using DisposeScope scope = NewDisposeScope();
        PanelSpeed.IsAssumed = true;

        Assert.Throws<ExternalException>(() => MatrixProduct.Put(randn(rows, columns), randn(80, inner), randn(200, 100), adds: true));
    }

    [SkippableTheory]
    [InlineData("float32", false)]
    [InlineData("float32", true)]
    [InlineData("bfloat16", false)]
    [InlineData("bfloat16", true)]
    [InlineData("NF4", false)]
    [InlineData("NF4", true)]
    public void Forward_OfAnotherWidthThanTheLayers_IsRefused(string type, bool hasGradient)
    {
        Skip.IfNot(PanelProduct.IsSupported, "The processor has no vectors of 512 bits.");
        using DisposeScope scope = NewDisposeScope();
        PanelSpeed.IsAssumed = true;
        BFloat16Speed.IsAssumed = false;
        using var dequantizer = new Dequantizer();
        Tensor weight = randn(100, 64);
        Tensor input = randn(64, 128).requires_grad_(hasGradient);   // 128 rows of 64, in all
        if (type == "NF4")
        {
            var store = new QuantizedStore(QuantizedTensor.Quantize(weight, new QuantizationSettings()), dequantizer, LayerIsTransposed: false);
            Assert.Throws<ExternalException>(() => QuantizedProduct.Linear(input, store, bias: null));
            store.Dispose();
        }
        else
        {
            Assert.Throws<ExternalException>(() => FrozenProduct.Linear(input, type == "float32" ? weight : weight.to(ScalarType.BFloat16), bias: null));
        }
    }

    [SkippableTheory]
    [InlineData("float32")]
    [InlineData("bfloat16")]   // converted as it is read
    [InlineData("NF4")]
    public void SumLoss_InPanels_HasTheGradientsOfLibtorch(string type)
    {
        Skip.IfNot(PanelProduct.IsSupported, "The processor has no vectors of 512 bits.");
        using DisposeScope scope = NewDisposeScope();
        using CausalLanguageModel model = Model(type);
        random.manual_seed(5).Dispose();
        Tensor ids = randint(90, [3, 20], dtype: ScalarType.Int64);
        var micro = new MicroBatch(ids, ids);

        PanelSpeed.IsAssumed = false;
        (Tensor loss, Tensor[] gradients) = SameGradients.Of(model, micro);
        PanelSpeed.IsAssumed = true;
        (Tensor ours, Tensor[] ourGradients) = SameGradients.Of(model, micro);

        Close.UpToRounding(loss, ours, "loss");
        for (int i = 0; i < gradients.Length; i++)
        {
            Close.UpToRounding(gradients[i], ourGradients[i], model.TrainableParameters[i].Name);
        }
    }

    [Fact]
    public void IsFaster_AskedAgain_IsTheSame() => Assert.Equal(PanelSpeed.IsFaster, PanelSpeed.IsFaster);

    private static CausalLanguageModel Model(string type)
    {
        LlamaForCausalLM model = LlamaForCausalLM.FromConfig(
            TinyModels.LlamaConfig with
            {
                VocabularySize = 90, HiddenSize = 64, HeadSize = 32, HeadCount = 2, KeyValueHeadCount = 2, IntermediateSize = 150,
                Rotary = new RotaryEmbedding(RotaryEmbedding.Frequencies(width: 32)),
            },
            seed: 3);
        if (type == "NF4")
        {
            model.Quantize(new QuantizationSettings());
        }
        else if (type == "bfloat16")
        {
            BFloat16Speed.IsAssumed = false;   // products are float32
            model.Use(Precision.BFloat16);
        }

        return JointModels.With(model, new LoraConfig { Rank = 3, Targets = JointModels.AllLinear });
    }

    private static (Tensor Value, Tensor Gradient) Computed(bool panels, Tensor x, Tensor weight, Tensor? bias)
    {
        PanelSpeed.IsAssumed = panels;
        Tensor input = x.clone().requires_grad_(true);
        Tensor value = FrozenProduct.Linear(input, weight, bias);
        value.mul(value).sum().backward();
        return (value.detach(), input.grad!);
    }
}
