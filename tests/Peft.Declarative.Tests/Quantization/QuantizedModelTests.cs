using Peft.Declarative.Adapters;
using Peft.Declarative.Layers;
using Peft.Declarative.Models;
using Peft.Declarative.Quantization;
using Peft.Declarative.Slots;
using Peft.Declarative.Tests.Fixtures;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Peft.Declarative.Tests.Quantization;

/// <summary>Whole models over a base in 4 bits: the same numbers as with the dense weights that the codes stand for, in less memory.</summary>
public sealed class QuantizedModelTests
{
    private static readonly string[] Families = ["llama", "gpt2", "bert", "roberta", "t5"];

    public static TheoryData<string> AllFamilies { get; } = [.. Families];

    // In rows of 8 bits the inputs are rounded too, so the dense weights give other numbers.
    public static TheoryData<string, QuantizationType> FamiliesAndCodes
    {
        get
        {
            var cases = new TheoryData<string, QuantizationType>();
            foreach (string family in Families)
            {
                cases.Add(family, QuantizationType.Nf4);
                cases.Add(family, QuantizationType.Dynamic8);
            }

            return cases;
        }
    }

    private static string Base => TestData.Small("fixtures", "models", "llama");

    [Theory]
    [MemberData(nameof(FamiliesAndCodes))]
    public void Lora_OverCodes_TrainsAsOverTheDenseWeightsThatTheyStandFor(string family, QuantizationType type)
    {
        using DisposeScope scope = NewDisposeScope();
        using PretrainedModel quantized = TinyFamilies.Make(family);
        using PretrainedModel dense = TinyFamilies.Make(family);
        quantized.Quantize(new QuantizationSettings(type));
        dense.Quantize(new QuantizationSettings(type));
        dense.Dequantize();

        Dictionary<string, Tensor> expected = Gradients(dense);
        foreach ((string key, Tensor gradient) in Gradients(quantized))
        {
            Close.To(expected[key], gradient, 1e-6, key);
        }
    }

    [Theory]
    [MemberData(nameof(AllFamilies))]
    public void Outputs_OfRowsOfEightBits_AreCloseToTheDenseOnes(string family)
    {
        using DisposeScope scope = NewDisposeScope();
        using PretrainedModel quantized = TinyFamilies.Make(family);
        using PretrainedModel dense = TinyFamilies.Make(family);
        Tensor expected = TinyFamilies.Outputs(dense);

        quantized.Quantize(new QuantizationSettings(QuantizationType.Int8));
        Tensor outputs = TinyFamilies.Outputs(quantized);
        quantized.Dequantize();

        Close.To(expected, outputs, 0.1 * expected.abs().max().item<float>(), "rounded weights and inputs");
        Close.To(expected, TinyFamilies.Outputs(quantized), 0.05 * expected.abs().max().item<float>(), "rounded weights");
        Assert.All(SlotTree.Layers(quantized), place => Assert.Equal(
            SlotTree.Layers(dense).Single(other => other.Path == place.Path).Base!.weight.shape, place.Base!.weight.shape));
    }

    [Theory]
    [InlineData(QuantizationType.Nf4)]
    [InlineData(QuantizationType.Int8)]
    public void Quantize_AWeightWhoseRowsAreNotSideBySide_GivesTheCodesOfACopy(QuantizationType type)
    {
        using DisposeScope scope = NewDisposeScope();
        using LlamaForCausalLM model = TinyModels.Llama();
        using LlamaForCausalLM plain = TinyModels.Llama();
        WeightLayer layer = SlotTree.Layers(model).First(place => place.Path.EndsWith("q_proj", StringComparison.Ordinal)).Base!;
        layer.weight = new Parameter(layer.weight.t().contiguous().t(), requires_grad: false);

        model.Quantize(new QuantizationSettings(type));
        plain.Quantize(new QuantizationSettings(type));

        Close.Bits(TinyFamilies.Outputs(plain), TinyFamilies.Outputs(model), "outputs");
    }

    [Fact]
    public void Use_BFloat16OverFourBits_StaysCloseToFloat32()
    {
        using DisposeScope scope = NewDisposeScope();
        using PretrainedModel wide = TinyFamilies.Make("llama in 4 bits");
        using PretrainedModel narrow = TinyFamilies.Make("llama in 4 bits");
        narrow.Use(Precision.BFloat16);

        Dictionary<string, Tensor> expected = Gradients(wide);
        foreach ((string key, Tensor gradient) in Gradients(narrow))
        {
            Close.To(expected[key], gradient, 0.05 * expected[key].abs().max().item<float>() + 1e-6, key);
        }
    }

    [Theory]
    [MemberData(nameof(AllFamilies))]
    public void Quantize_OfAnyFamily_TakesLinearLayersButNoHeads(string family)
    {
        using PretrainedModel model = TinyFamilies.Make(family);

        model.Quantize(new QuantizationSettings());

        foreach (LayerSlot place in SlotTree.Layers(model))
        {
            bool linear = place.Base!.Kind is LayerKind.Linear or LayerKind.Conv1D && !place.Path.StartsWith("classifier", StringComparison.Ordinal);
            Assert.True(linear == place.Base.Quantized is not null, place.Path);
        }
    }

    [Fact]
    public void Quantize_BeforeLoading_GivesTheSameCodesAsAfter()
    {
        using DisposeScope scope = NewDisposeScope();
        using PretrainedModel after = LlamaForCausalLM.FromPretrained(Base);
        after.Quantize(new QuantizationSettings());
        using PretrainedModel before = QuantizedLlama.FromPretrained(Base, new QuantizationSettings());

        Close.Bits(TinyFamilies.Outputs(after), TinyFamilies.Outputs(before), "logits");
    }

    [Fact]
    public void Quantize_WithExcludedLayers_LeavesThemDense()
    {
        using PretrainedModel model = TinyFamilies.Make("llama");

        model.Quantize(new QuantizationSettings { Exclude = ["k_proj", "layers.1.mlp.down_proj"] });

        IEnumerable<string> dense = SlotTree.Layers(model)
            .Where(place => place.Base is { Kind: LayerKind.Linear, Quantized: null })
            .Select(place => place.Path);
        Assert.Equal(["model.layers.0.self_attn.k_proj", "model.layers.1.mlp.down_proj", "model.layers.1.self_attn.k_proj"], dense.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Quantize_WithALayerThatIsNotThere_SaysWhichIsMeant()
    {
        using PretrainedModel model = TinyFamilies.Make("llama");

        PeftException error = Assert.Throws<PeftException>(() => model.Quantize(new QuantizationSettings { Exclude = ["k_porj"] }));

        Assert.Equal("PEFT101", error.Id);
        Assert.Contains("Did you mean 'k_proj'?", error.Message, StringComparison.Ordinal);
        Assert.Equal("PEFT202", Assert.Throws<PeftException>(() => model.Quantize(new QuantizationSettings { BlockSize = 48 })).Id);
    }

    [Fact]
    public void Attach_OfWhatTrainsTheBaseItself_IsRefusedInTheCompilersWords()
    {
        using PretrainedModel model = TinyFamilies.Make("llama in 4 bits");
        foreach (AdapterConfig config in new AdapterConfig[] { new FullFineTuningConfig(), new SparseMaskConfig { Density = 0.1, Choice = MaskChoice.Magnitude } })
        {
            PeftException error = Assert.Throws<PeftException>(() => AdapterWiring.Attach(model, new Adapter("default", config)));

            Assert.Equal("PEFT303", error.Id);
            Assert.Contains("a base in 4 bits has no room for its small steps", error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Merge_IntoFourBits_IsRefusedWithTheWayOut()
    {
        using PretrainedModel model = TinyFamilies.Make("llama in 4 bits");
        Attach(model);

        PeftException error = Assert.Throws<PeftException>(model.Merge);

        Assert.Equal("PEFT306", error.Id);
        Assert.Contains("Merge(dequantize: true)", error.Message, StringComparison.Ordinal);
        Assert.All(model.Adapters, adapter => Assert.False(adapter.IsMerged));
    }

    [Fact]
    public void Merge_WithDequantize_GivesDenseWeightsUntilUnmerge()
    {
        using DisposeScope scope = NewDisposeScope();
        using PretrainedModel model = TinyFamilies.Make("llama in 4 bits");
        Attach(model);
        WeightLayer[] layers = [.. SlotTree.Layers(model).Where(place => place.Path.EndsWith("q_proj", StringComparison.Ordinal)).Select(place => place.Base!)];
        Parameter[] codes = [.. layers.Select(layer => layer.weight)];

        model.Merge(dequantize: true);
        Assert.All(layers, layer => Assert.Equal([layer.Output, layer.Input], layer.weight.shape));
        Assert.Equal("PEFT306", Assert.Throws<PeftException>(() => model.Quantize(new QuantizationSettings())).Id);

        model.Unmerge();
        Assert.All(layers.Zip(codes), pair => Assert.Same(pair.Second, pair.First.weight));
        Assert.All(layers, layer => Assert.NotNull(layer.Quantized));
    }

    [Fact]
    public void Dispose_OfAQuantizedModel_FreesEverything()
    {
        QuantizedTensor[] weights;
        using (PretrainedModel model = TinyFamilies.Make("llama in 4 bits"))
        {
            weights = [.. SlotTree.Layers(model).Select(place => place.Base!.Quantized?.Weight).OfType<QuantizedTensor>()];
        }

        Assert.NotEmpty(weights);
        Assert.All(weights, weight => Assert.True(weight.Packed.IsInvalid && weight.Scales.Values.IsInvalid && weight.Scales.Nested!.IsInvalid));
    }

    private static Adapter Attach(PretrainedModel model)
    {
        random.manual_seed(5);
        var adapter = new Adapter("default", new LoraConfig { Rank = 4, Targets = [LayerAdapterAttribute.AllLinear], Init = LoraInit.Random });
        AdapterWiring.Attach(model, adapter);
        model.Adapters.Adopt(adapter);
        return adapter;
    }

    private static Dictionary<string, Tensor> Gradients(PretrainedModel model)
    {
        Adapter adapter = Attach(model);
        TinyFamilies.Outputs(model).square().mean().backward();
        return adapter.Tensors.ToDictionary(tensor => tensor.Key, tensor => tensor.Value.grad!.clone());
    }
}
