using Peft.Declarative.Layers;
using Peft.Declarative.Slots;
using static TorchSharp.torch;

namespace Peft.Declarative.Models;

/// <summary>Gated feed-forward network: <c>down(silu(gate x) · up x)</c>. Shazeer 2020, arXiv 2002.05202.</summary>
public sealed class LlamaMlp : SlotHost
{
    private nn.Module<Tensor, Tensor> _gate;
    private nn.Module<Tensor, Tensor> _up;
    private nn.Module<Tensor, Tensor> _down;

    internal LlamaMlp(LlamaConfig config)
        : base(nameof(LlamaMlp))
    {
        gate_proj = _gate = new Linear(config.HiddenSize, config.IntermediateSize, config.FeedForwardBias);
        up_proj = _up = new Linear(config.HiddenSize, config.IntermediateSize, config.FeedForwardBias);
        down_proj = _down = new Linear(config.IntermediateSize, config.HiddenSize, config.FeedForwardBias);
    }

    /// <summary>Gate projection.</summary>
    [Slot("intermediate_size", "hidden_size", Bias = "mlp_bias")]
    public nn.Module<Tensor, Tensor> gate_proj
    {
        get => _gate;
        set => Fill(ref _gate, value);
    }

    /// <summary>Up projection.</summary>
    [Slot("intermediate_size", "hidden_size", Bias = "mlp_bias")]
    public nn.Module<Tensor, Tensor> up_proj
    {
        get => _up;
        set => Fill(ref _up, value);
    }

    /// <summary>Down projection.</summary>
    [Slot("hidden_size", "intermediate_size", Bias = "mlp_bias")]
    public nn.Module<Tensor, Tensor> down_proj
    {
        get => _down;
        set => Fill(ref _down, value);
    }

    internal Tensor Forward(Tensor hidden)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor gate = nn.functional.silu(_gate.call(hidden));
        return _down.call(gate * _up.call(hidden)).MoveToOuterDisposeScope();
    }
}
