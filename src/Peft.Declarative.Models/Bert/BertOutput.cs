using Peft.Declarative.Layers;
using Peft.Declarative.Slots;
using Peft.Declarative.Slots.Sublayers;
using static TorchSharp.torch;

namespace Peft.Declarative.Models;

/// <summary>The end of a sublayer: projection, then the norm over its sum with the sublayer's input.</summary>
public abstract class BertOutput : SlotHost
{
    private const string SublayerSlotName = "adapters";

    private readonly double _dropout;
    private nn.Module<Tensor, Tensor> _norm;

    private protected BertOutput(string name, BertConfig config, SublayerKind kind)
        : base(name)
    {
        _dropout = config.HiddenDropout;
        LayerNorm = _norm = new LayerNorm(config.HiddenSize, config.NormEpsilon);
        SublayerSlot = new SublayerSlot(kind, config.HiddenSize, (WeightLayer)_norm);
        register_module(SublayerSlotName, SublayerSlot);
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
        return SublayerSlot.Join(projected, input, _norm).MoveToOuterDisposeScope();
    }

    /// <summary>Where adapters stand after the sublayer; each sublayer shows it as its <c>adapters</c>.</summary>
    private protected SublayerSlot SublayerSlot { get; }

    private protected abstract Tensor Project(Tensor inner);
}
