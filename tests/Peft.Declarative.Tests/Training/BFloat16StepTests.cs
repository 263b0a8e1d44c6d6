using Peft.Declarative.Adapters;
using Peft.Declarative.BaseModels;
using Peft.Declarative.Layers;
using Peft.Declarative.Models;
using Peft.Declarative.Native;
using Peft.Declarative.Slots.Products;
using Peft.Declarative.Tests.Adapters;
using Peft.Declarative.Tests.Fixtures;
using static TorchSharp.torch;

namespace Peft.Declarative.Tests.Training;

/// <summary>What a step in bfloat16 keeps between its passes, and the gradients that it computes from that.</summary>
public sealed class BFloat16StepTests
{
    private const int Hidden = 128;
    private const int Inner = 352;
    private const int Blocks = 4;
    private const int Tokens = 256;

    private static readonly string[] Attended = ["q_proj", "v_proj"];

    private static readonly LlamaConfig Wide = TinyModels.LlamaConfig with
    {
        HiddenSize = Hidden,
        HeadSize = 32,
        KeyValueHeadCount = 4,
        IntermediateSize = Inner,
        LayerCount = Blocks,
        InitializerRange = 0.05,
        Rotary = new RotaryEmbedding(RotaryEmbedding.Frequencies(width: 32)),
    };

    // A block keeps the inputs of two norms, that of the adapters, queries, keys, values and what attention makes of them, gate and values. The embeddings, which
    // the first norm reads, have no gradient. Magnitudes keep queries before they are rotated; the values that they scale are a copy only beside bfloat16.
    [SkippableTheory]
    [InlineData(false)]
    [InlineData(true)]
    public void Forward_InBFloat16_KeepsHalfTheBytes(bool magnitudes)
    {
        Skip.IfNot(TensorBytes.AreKnown, "glibc is asked for the bytes in use.");
        const int Kept = Tokens * ((Blocks * ((7 * Hidden) + (2 * Inner))) - Hidden);

        using IDisposable watching = TensorBytes.Watch();
        long wide = BytesKept(Precision.Float32, magnitudes);
        long narrow = BytesKept(Precision.BFloat16, magnitudes);

        Assert.InRange(wide - narrow, Kept * 2 * 0.97, Kept * 2 * 1.03);
    }

    [SkippableFact]
    public void Forward_InBFloat16WithSelectiveCheckpointing_KeepsNoMore()
    {
        Skip.IfNot(TensorBytes.AreKnown, "glibc is asked for the bytes in use.");
        using IDisposable watching = TensorBytes.Watch();
        long plain = BytesKept(Precision.BFloat16);
        long selective = BytesKept(Precision.BFloat16, level: Checkpointing.Selective);

        Assert.InRange(selective, 0, plain * 1.02);
    }

    // The weights are in bfloat16 either way, and products in float32, so that only what is kept is rounded: by up to 2⁻⁸, and so is what is multiplied with it. In a
    // block, a gradient is multiplied with up to four such factors: through the activation, attention and two norms. Below the four blocks, sixteen errors have
    // added up, at random, to about √16 of one; with sixty seeds, none was above 5.
    [Theory]
    [InlineData("all-linear")]
    [InlineData("q_proj")]
    public void Backward_FromWhatIsKeptInBFloat16_GivesTheGradientsOfFloat32(string target)
    {
        using DisposeScope scope = NewDisposeScope();
        using CausalLanguageModel model = Adapted(new LoraConfig { Rank = 2, Targets = [target] });
        BFloat16Speed.IsAssumed = false;
        try
        {
            model.Use(Precision.BFloat16);
            (Tensor loss, Tensor[] gradients) = Step(model);
            model.Use(Precision.Float32);
            (Tensor expected, Tensor[] expectedGradients) = Step(model);

            Close.To(expected, loss, expected.item<float>() / 512, "loss");
            for (int i = 0; i < gradients.Length; i++)
            {
                Assert.NotEqual(expectedGradients[i].norm().item<float>(), gradients[i].norm().item<float>());
                Assert.InRange((expectedGradients[i] - gradients[i]).norm().item<float>(), 0, 6 * expectedGradients[i].norm().item<float>() / 256);
            }
        }
        finally
        {
            BFloat16Speed.IsAssumed = null;
        }
    }

    // One layer after the other, in both passes: sums in another order could be rounded otherwise before they are kept.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Backward_OfBlocksThatAreComputedAgain_GivesTheSameGradients(bool narrowProducts)
    {
        using DisposeScope scope = NewDisposeScope();
        using CausalLanguageModel model = Adapted(new LoraConfig { Rank = 2, Targets = Attended });
        model.Use(Precision.BFloat16);
        BFloat16Speed.IsAssumed = narrowProducts;
        LayerProduct.IsEnabled = false;
        try
        {
            (Tensor expected, Tensor[] expectedGradients) = Step(model);
            model.GradientCheckpointing = true;
            (Tensor loss, Tensor[] gradients) = Step(model);

            Close.Bits(expected, loss, "loss");
            for (int i = 0; i < gradients.Length; i++)
            {
                Close.Bits(expectedGradients[i], gradients[i], $"gradient {i}");
            }
        }
        finally
        {
            LayerProduct.IsEnabled = true;
            BFloat16Speed.IsAssumed = null;
        }
    }

    private static CausalLanguageModel Adapted(AdapterConfig config) => JointModels.With(LlamaForCausalLM.FromConfig(Wide, seed: 1), config);

    private static (Tensor Loss, Tensor[] Gradients) Step(CausalLanguageModel model)
    {
        Tensor ids = Ids();
        return SameGradients.Of(model, new MicroBatch(ids, ids));
    }

    private static long BytesKept(Precision precision, bool magnitudes = false, Checkpointing level = Checkpointing.None)
    {
        using Tensor ids = Ids();
        return TensorBytes.KeptBy(Make, ids);

        CausalLanguageModel Make()
        {
            CausalLanguageModel model = Adapted(
                magnitudes ? new DoraConfig { Rank = 2, Targets = Attended } : new LoraConfig { Rank = 2, Targets = Attended });
            model.Use(precision);
            model.Checkpointing = level;
            return model;
        }
    }

    private static Tensor Ids()
    {
        random.manual_seed(2).Dispose();
        return randint(0, Wide.VocabularySize, [4, Tokens / 4], dtype: ScalarType.Int64);
    }
}
