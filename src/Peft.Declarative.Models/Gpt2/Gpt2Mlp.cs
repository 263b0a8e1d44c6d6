using Peft.Declarative.Layers;
using Peft.Declarative.Slots;
using static TorchSharp.torch;

namespace Peft.Declarative.Models;

/// <summary>Feed-forward network: <c>c_proj(activation(c_fc x))</c>.</summary>
public sealed class Gpt2Mlp : SlotHost
{
    private readonly Func<Tensor, Tensor> _activation;
    private nn.Module<Tensor, Tensor> _up;
    private nn.Module<Tensor, Tensor> _down;

    internal Gpt2Mlp(Gpt2Config config)
        : base(nameof(Gpt2Mlp))
    {
        _activation = Activations.ByName[config.Activation];
        c_fc = _up = new Conv1D(config.HiddenSize, config.IntermediateSize);
        c_proj = _down = new Conv1D(config.IntermediateSize, config.HiddenSize);
    }

    /// <summary>Up projection.</summary>
    [Slot("n_inner", "n_embd", Kind = LayerKind.Conv1D, Bias = "true")]
    public nn.Module<Tensor, Tensor> c_fc
    {
        get => _up;
        set => Fill(ref _up, value);
    }

    /// <summary>Down projection.</summary>
    [Slot("n_embd", "n_inner", Kind = LayerKind.Conv1D, Bias = "true")]
    public nn.Module<Tensor, Tensor> c_proj
    {
        get => _down;
        set => Fill(ref _down, value);
    }

    internal Tensor Forward(Tensor hidden)
    {
        using DisposeScope scope = NewDisposeScope();
        return _down.call(_activation(_up.call(hidden))).MoveToOuterDisposeScope();
    }
}
