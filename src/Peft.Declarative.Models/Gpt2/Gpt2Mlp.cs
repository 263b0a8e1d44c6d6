using Peft.Declarative.Layers;
using Peft.Declarative.Slots;

namespace Peft.Declarative.Models;

/// <summary>Feed-forward network: <c>c_proj(activation(c_fc x))</c>.</summary>
public sealed class Gpt2Mlp : SlotHost
{
    private readonly Func<Tensor, Tensor> _activation;

    internal Gpt2Mlp(Gpt2Config config)
        : base(nameof(Gpt2Mlp))
    {
        _activation = Activations.ByName[config.Activation];
        c_fc = new Conv1D(config.HiddenSize, config.IntermediateSize);
        c_proj = new Conv1D(config.IntermediateSize, config.HiddenSize);
    }

    /// <summary>Up projection.</summary>
    [Slot("n_inner", "n_embd", Kind = LayerKind.Conv1D, Bias = "true")]
    public nn.Module<Tensor, Tensor> c_fc { get; set => Fill(ref field, value); }

    /// <summary>Down projection.</summary>
    [Slot("n_embd", "n_inner", Kind = LayerKind.Conv1D, Bias = "true")]
    public nn.Module<Tensor, Tensor> c_proj { get; set => Fill(ref field, value); }

    /// <summary>Computes the input of the down projection.</summary>
    internal Tensor Inner(Tensor hidden)
    {
        using DisposeScope scope = NewDisposeScope();
        return _activation(c_fc.call(hidden)).MoveToOuterDisposeScope();
    }
}
