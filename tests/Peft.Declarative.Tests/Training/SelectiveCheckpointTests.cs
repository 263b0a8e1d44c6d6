using Peft.Declarative.Adapters;
using Peft.Declarative.Layers;
using Peft.Declarative.Models;
using Peft.Declarative.Slots;
using Peft.Declarative.Slots.Products;
using Peft.Declarative.Tests.Fixtures;
using static TorchSharp.torch;

namespace Peft.Declarative.Tests.Training;

/// <summary>What selective gradient checkpointing keeps and computes again. That gradients are the same with dropout is an invariant of every method.</summary>
public sealed class SelectiveCheckpointTests
{
    private static readonly LlamaConfig Wide = TinyModels.LlamaConfig with
    {
        HiddenSize = 128,
        HeadSize = 32,
        KeyValueHeadCount = 4,
        IntermediateSize = 352,
        LayerCount = 4,
        Rotary = new RotaryEmbedding(RotaryEmbedding.Frequencies(width: 32)),
    };

    [Theory]
    [InlineData("llama", false)]
    [InlineData("llama", true)]
    [InlineData("gpt2", false)]
    [InlineData("gpt2", true)]
    [InlineData("bert", false)]
    [InlineData("t5", false)]
    [InlineData("t5 gated", false)]
    [InlineData("llama in 4 bits", false)]
    [InlineData("llama in bfloat16", false)]
    [InlineData("llama in bfloat16", true)]
    [InlineData("gpt2 in bfloat16", false)]
    [InlineData("bert in bfloat16", false)]
    [InlineData("t5 gated in bfloat16", false)]
    public void Backward_OfAdaptersOnAllLayers_GivesTheGradientsOfAllThatIsKept(string family, bool magnitudes)
    {
        using DisposeScope scope = NewDisposeScope();
        AdapterConfig config = magnitudes ? new DoraConfig { Rank = 2, Targets = ["all-linear"] } : new LoraConfig { Rank = 2, Targets = ["all-linear"] };

        (Tensor loss, Dictionary<string, Tensor> plain) = Step(family, config, Checkpointing.None);
        (Tensor again, Dictionary<string, Tensor> selective) = Step(family, config, Checkpointing.Selective);

        Close.Bits(loss, again, "loss");
        foreach ((string key, Tensor gradient) in plain)
        {
            Close.To(gradient, selective[key], 1e-6 * gradient.abs().max().item<float>(), key);
        }
    }

    [Fact]
    public void Backward_WithSelectiveCheckpointing_ComputesNoLayerAgain()
    {
        using LlamaForCausalLM model = Adapted(Checkpointing.Selective, "all-linear");
        Dictionary<string, int> calls = [];
        foreach (LayerSlot slot in SlotTree.Layers(model).Where(slot => slot.Base is not null))
        {
            slot.Base!.register_forward_hook((_, _, output) =>
            {
                calls[slot.Path] = calls.GetValueOrDefault(slot.Path) + 1;
                return output;
            });
        }

        using DisposeScope scope = NewDisposeScope();
        TinyFamilies.Outputs(model).square().mean().backward();

        Assert.NotEmpty(calls);
        Assert.All(calls, layer => Assert.Equal(1, layer.Value));
    }

    // Hidden size 128: each block keeps without it 2 × 128 results of norms and 352 of the gate for each of 256 tokens. The first norm's result stays: its
    // input, the embeddings, has no gradient, so nothing else keeps that.
    [SkippableFact]
    public void Forward_OfAdaptersOnAllLayers_KeepsFewerBytes()
    {
        Skip.IfNot(TensorBytes.AreKnown, "glibc is asked for the bytes in use.");
        const int Recomputed = 256 * ((4 * ((2 * 128) + 352)) - 128) * sizeof(float);

        using IDisposable watching = TensorBytes.Watch();
        long plain = BytesKept(Checkpointing.None);
        long selective = BytesKept(Checkpointing.Selective);
        long full = BytesKept(Checkpointing.Full);

        Assert.InRange(plain - selective, Recomputed * 0.95, Recomputed * 1.05);
        Assert.InRange(full, 0, selective);
    }

    [Fact]
    public void Of_ARecordedResult_IsRememberedWhileThePassSaysSo()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor learnt = ones(2, 8).requires_grad_();
        Tensor outside = GatedActivation.Of(Activation.Swish, learnt, learnt);
        using (Recomputation.Begin(on: true))
        {
            Assert.Null(Recomputation.RecipeOf(outside));
            Assert.Null(Recomputation.RecipeOf(GatedActivation.Of(Activation.Swish, ones(2, 8), ones(2, 8))));   // below the lowest adapter, nothing is kept
            Assert.NotNull(Recomputation.RecipeOf(GatedActivation.Of(Activation.Swish, learnt, learnt)));
        }

        Assert.False(Recomputation.IsOn);
        Assert.Null(Recomputation.Begin(on: false));
    }

    [Fact]
    public void Forward_OfFrozenLayersOfOneInput_DoesNotKeepTheInput()
    {
        using DisposeScope scope = NewDisposeScope();
        var layer = new Linear(8, 4, false) { weight = new TorchSharp.Modules.Parameter(randn(4, 8), requires_grad: false) };
        Tensor input = randn(3, 8).requires_grad_();
        var plan = new JointPlan(input, [new LayerProduct(FrozenOperand.Of(layer, input)!, null)]);

        var saved = new SavedTensors();

        plan.Forward(input, saved);

        Assert.Same(layer.weight, Assert.Single(saved.All));
    }

    private static (Tensor Loss, Dictionary<string, Tensor> Gradients) Step(string family, AdapterConfig config, Checkpointing level)
    {
        using PretrainedModel model = TinyFamilies.Make(family);
        var adapter = new Adapter("default", config);
        random.manual_seed(3);
        AdapterWiring.Attach(model, adapter);
        model.Adapters.Adopt(adapter);
        using (no_grad())
        {
            foreach (AdapterTensor tensor in adapter.Tensors)
            {
                tensor.Value.add_(randn_like(tensor.Value).mul_(0.1f));
            }
        }

        model.Checkpointing = level;
        model.train();
        Tensor loss = TinyFamilies.Outputs(model).square().mean();
        loss.backward();
        return (loss.detach(), adapter.Tensors.ToDictionary(tensor => tensor.Key, tensor => tensor.Value.grad!.clone()));
    }

    private static LlamaForCausalLM Adapted(Checkpointing level, string target)
    {
        LlamaForCausalLM model = LlamaForCausalLM.FromConfig(Wide, seed: 1);
        model.Adapters.Attach(new Adapter("default", new LoraConfig { Rank = 2, Targets = [target] }));
        model.Checkpointing = level;
        model.train();
        return model;
    }

    private static long BytesKept(Checkpointing level)
    {
        using Tensor ids = randint(0, Wide.VocabularySize, [4, 64], dtype: ScalarType.Int64);
        return TensorBytes.KeptBy(() => Adapted(level, "all-linear"), ids);
    }
}
