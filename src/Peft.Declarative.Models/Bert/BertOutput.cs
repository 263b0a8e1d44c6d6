using Peft.Declarative.Layers;
using static TorchSharp.torch;

namespace Peft.Declarative.Models;

/// <summary>The end of a sublayer: projection, then the norm over its sum with the sublayer's input.</summary>
public abstract class BertOutput : SlotHost
{
    private readonly double _dropout;
    private nn.Module<Tensor, Tensor> _norm;

    private protected BertOutput(string name, BertConfig config)
        : base(name)
    {
        _dropout = config.HiddenDropout;
        LayerNorm = _norm = new LayerNorm(config.HiddenSize, config.NormEpsilon);
    }

    /// <summary>The norm over the sum.</summary>
    [Slot("hidden_size", Kind = LayerKind.Norm, Bias = "true")]
    public nn.Module<Tensor, Tensor> LayerNorm
    {
        get => _norm;
        set => Fill(ref _norm, value);
    }

    /// <summary>The sublayer's result [batch, time, hidden].</summary>
    /// <param name="inner">What the projection takes.</param>
    /// <param name="input">The sublayer's input.</param>
    internal Tensor Forward(Tensor inner, Tensor input)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor projected = Dropout.Apply(Project(inner), _dropout, training);
        return _norm.call(projected + input).MoveToOuterDisposeScope();
    }

    private protected abstract Tensor Project(Tensor inner);
}
