using Peft.Declarative.Layers;
using Peft.Declarative.Slots;
using static TorchSharp.torch;

namespace Peft.Declarative.Models;

/// <summary>
/// Feed-forward network: <c>wo(activation(wi x))</c> in the first T5, <c>wo(activation(wi_0 x) · wi_1 x)</c> since T5 1.1. Shazeer 2020,
/// arXiv 2002.05202.
/// </summary>
public sealed class T5FeedForward : SlotHost
{
    private readonly Func<Tensor, Tensor> _activation;
    private readonly double _dropout;
    private nn.Module<Tensor, Tensor>? _up;
    private nn.Module<Tensor, Tensor>? _gate;
    private nn.Module<Tensor, Tensor>? _gated;
    private nn.Module<Tensor, Tensor> _down;

    internal T5FeedForward(T5Config config)
        : base(nameof(T5FeedForward))
    {
        _activation = Activations.ByName[config.Activation];
        _dropout = config.Dropout;
        Linear Up() => new(config.HiddenSize, config.IntermediateSize, hasBias: false);
        if (config.Gated)
        {
            wi_0 = Up();
            wi_1 = Up();
        }
        else
        {
            wi = Up();
        }

        wo = _down = new Linear(config.IntermediateSize, config.HiddenSize, hasBias: false);
    }

    /// <summary>Up projection; null in a gated network.</summary>
    [Slot("d_ff", "d_model", When = "!is_gated_act")]
    public nn.Module<Tensor, Tensor>? wi
    {
        get => _up;
        set => Fill(ref _up!, value!);
    }

    /// <summary>Projection that the activation makes a gate of; null in a network without one.</summary>
    [Slot("d_ff", "d_model", When = "is_gated_act")]
    public nn.Module<Tensor, Tensor>? wi_0
    {
        get => _gate;
        set => Fill(ref _gate!, value!);
    }

    /// <summary>Projection that is gated; null in a network without a gate.</summary>
    [Slot("d_ff", "d_model", When = "is_gated_act")]
    public nn.Module<Tensor, Tensor>? wi_1
    {
        get => _gated;
        set => Fill(ref _gated!, value!);
    }

    /// <summary>Down projection.</summary>
    [Slot("d_model", "d_ff")]
    public nn.Module<Tensor, Tensor> wo
    {
        get => _down;
        set => Fill(ref _down, value);
    }

    internal Tensor Forward(Tensor hidden)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor inner = _up is not null
            ? _activation(_up.call(hidden))
            : _activation(_gate!.call(hidden)) * _gated!.call(hidden);
        return _down.call(Dropout.Apply(inner, _dropout, training)).MoveToOuterDisposeScope();
    }
}
