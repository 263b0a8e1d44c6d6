using Peft.Declarative.Layers;
using Peft.Declarative.Slots;
using static TorchSharp.torch;

namespace Peft.Declarative.Models;

/// <summary>The blocks of encoder or decoder, and the norm after the last.</summary>
/// <remarks>It has no embedding of its own: both stacks read the model's <c>shared</c> one.</remarks>
public abstract class T5Stack : SlotHost
{
    private readonly double _dropout;
    private nn.Module<Tensor, Tensor> _norm;

    private protected T5Stack(string name, T5Config config)
        : base(name)
    {
        _dropout = config.Dropout;
        final_layer_norm = _norm = new RmsNorm(config.HiddenSize, config.NormEpsilon);
    }

    /// <summary>The norm after the last block.</summary>
    [Slot("d_model", Kind = LayerKind.Norm)]
    public nn.Module<Tensor, Tensor> final_layer_norm
    {
        get => _norm;
        set => Fill(ref _norm, value);
    }

    /// <summary>Embedded tokens as the first block takes them.</summary>
    internal Tensor Begin(Tensor words) => Dropout.Apply(words, _dropout, training);

    /// <summary>The last block's result as head or decoder take it.</summary>
    internal Tensor End(Tensor hidden)
    {
        using DisposeScope scope = NewDisposeScope();
        return Dropout.Apply(_norm.call(hidden), _dropout, training).MoveToOuterDisposeScope();
    }
}
