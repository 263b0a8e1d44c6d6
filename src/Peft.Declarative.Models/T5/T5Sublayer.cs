using Peft.Declarative.BaseModels;
using Peft.Declarative.Layers;
using Peft.Declarative.Slots;
using Peft.Declarative.Slots.Sublayers;
using static TorchSharp.torch;

namespace Peft.Declarative.Models;

/// <summary>A part of a block behind a norm and beside a residual: <c>x + f(norm x)</c>.</summary>
public abstract class T5Sublayer : SlotHost
{
    private const string SublayerSlotName = "adapters";

    private readonly double _dropout;
    private nn.Module<Tensor, Tensor> _norm;

    private protected T5Sublayer(string name, T5Config config, SublayerKind kind)
        : base(name)
    {
        _dropout = config.Dropout;
        layer_norm = _norm = new RmsNorm(config.HiddenSize, config.NormEpsilon);
        SublayerSlot = new SublayerSlot(kind, config.HiddenSize, (WeightLayer)_norm);
        register_module(SublayerSlotName, SublayerSlot);
    }

    /// <summary>The norm before the part.</summary>
    [Slot("d_model", Kind = LayerKind.Norm)]
    public nn.Module<Tensor, Tensor> layer_norm
    {
        get => _norm;
        set => Fill(ref _norm, value);
    }

    internal Tensor Forward(Tensor hidden, AttentionContext context)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor inner = Inner(_norm.call(hidden), context);
        return SublayerSlot.Join(Dropout.Apply(inner, _dropout, training), hidden).MoveToOuterDisposeScope();
    }

    /// <summary>Where adapters stand after the part; each part shows it as its <c>adapters</c>.</summary>
    private protected SublayerSlot SublayerSlot { get; }

    private protected abstract Tensor Inner(Tensor hidden, AttentionContext context);
}
