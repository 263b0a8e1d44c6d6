using Peft.Declarative.Layers;
using Peft.Declarative.Slots;
using Peft.Declarative.Slots.Products;

namespace Peft.Declarative.Models;

/// <summary>Gated feed-forward network: <c>down(silu(gate x) · up x)</c>. Shazeer 2020, arXiv 2002.05202.</summary>
public sealed class LlamaMlp : SlotHost
{
    internal LlamaMlp(LlamaConfig config)
        : base(nameof(LlamaMlp))
    {
        gate_proj = new Linear(config.HiddenSize, config.IntermediateSize, config.FeedForwardBias);
        up_proj = new Linear(config.HiddenSize, config.IntermediateSize, config.FeedForwardBias);
        down_proj = new Linear(config.IntermediateSize, config.HiddenSize, config.FeedForwardBias);
    }

    /// <summary>Gate projection.</summary>
    [Slot("intermediate_size", "hidden_size", Bias = "mlp_bias")]
    public nn.Module<Tensor, Tensor> gate_proj { get; set => Fill(ref field, value); }

    /// <summary>Up projection.</summary>
    [Slot("intermediate_size", "hidden_size", Bias = "mlp_bias")]
    public nn.Module<Tensor, Tensor> up_proj { get; set => Fill(ref field, value); }

    /// <summary>Down projection.</summary>
    [Slot("hidden_size", "intermediate_size", Bias = "mlp_bias")]
    public nn.Module<Tensor, Tensor> down_proj { get; set => Fill(ref field, value); }

    /// <summary>Computes the input of the down projection.</summary>
    internal Tensor Inner(Tensor hidden)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor[] projections = SharedInput.CallForKeeping(hidden, gate_proj, up_proj);
        return GatedActivation.Of(Activation.Swish, projections[0], projections[1]).MoveToOuterDisposeScope();
    }
}
