using Peft.Declarative.Adapters;
using Peft.Declarative.Data;
using Peft.Declarative.Layers;
using Peft.Declarative.Models;
using Peft.Declarative.Slots;
using Peft.Declarative.Training;
using static TorchSharp.torch;

namespace Peft.Declarative.Tests.Training;

/// <summary>What gradient checkpointing computes again. That its gradients are those without is an invariant of every method.</summary>
public sealed class CheckpointTests
{
    [Fact]
    public void Backward_OfABlockWithFrozenLastLayers_ComputesOnlyTheOthersAgain()
    {
        using PretrainedModel model = Checkpointed("llama", ["q_proj", "v_proj"]);

        Dictionary<string, int> calls = CallsOfAStep(model);

        Assert.Equal(2, calls["model.layers.1.self_attn.k_proj"]);
        Assert.Equal(2, calls["model.layers.1.mlp.up_proj"]);
        Assert.Equal(1, calls["model.layers.1.self_attn.o_proj"]);
        Assert.Equal(1, calls["model.layers.1.mlp.down_proj"]);
    }

    [Theory]
    [InlineData("gpt2", "c_attn", "transformer.h.0.mlp.c_proj")]
    [InlineData("t5", "q", "decoder.block.0.layer.1.EncDecAttention.o")]
    public void Backward_InAnotherFamily_DoesNotComputeALastLayerAgain(string family, string target, string last)
    {
        using PretrainedModel model = Checkpointed(family, [target]);

        Assert.Equal(1, CallsOfAStep(model)[last]);
    }

    [Fact]
    public void Backward_BelowTheLowestAdapter_ComputesNothingAgain()
    {
        using PretrainedModel model = Checkpointed("llama", ["up_proj"], layers: [1]);

        Dictionary<string, int> calls = CallsOfAStep(model);

        Assert.Equal(1, calls["model.layers.0.self_attn.k_proj"]);
        Assert.Equal(1, calls["model.layers.0.mlp.gate_proj"]);
        Assert.Equal(2, calls["model.layers.1.mlp.gate_proj"]);
    }

    [Fact]
    public void Start_OfAPlanThatSaysSo_AppliesItToTheModel()
    {
        using LlamaForCausalLM model = TinyModels.Llama();
        Attach(model, ["q_proj"]);
        var plan = new TrainingPlan { GradientCheckpointing = true, Precision = Precision.BFloat16 };

        using TrainingRun run = TrainingRun.Start(model, plan, TrainingData.FromRows([TrainingRow.OfText([1, 2, 3, 4])]));

        Assert.True(model.GradientCheckpointing);
        Assert.All(SlotTree.Layers(model).Where(slot => slot.Base is Linear), slot => Assert.Equal(ScalarType.BFloat16, slot.Base!.BaseWeight.dtype));
    }

    private static PretrainedModel Checkpointed(string family, string[] targets, int[]? layers = null)
    {
        PretrainedModel model = TinyFamilies.Make(family);
        Attach(model, targets, layers);
        model.GradientCheckpointing = true;
        model.train();
        return model;
    }

    private static void Attach(PretrainedModel model, string[] targets, int[]? layers = null)
    {
        var adapter = new Adapter("default", new LoraConfig { Rank = 2, Targets = targets, Layers = layers });
        AdapterWiring.Attach(model, adapter);
        model.Adapters.Adopt(adapter);
    }

    private static Dictionary<string, int> CallsOfAStep(PretrainedModel model)
    {
        Dictionary<string, int> calls = [];
        foreach (LayerSlot slot in SlotTree.Layers(model).Where(slot => slot.Base is not null))
        {
            calls[slot.Path] = 0;
            slot.Base!.register_forward_hook((_, _, output) =>
            {
                calls[slot.Path]++;
                return output;
            });
        }

        using DisposeScope scope = NewDisposeScope();
        TinyFamilies.Outputs(model).square().mean().backward();
        return calls;
    }
}
