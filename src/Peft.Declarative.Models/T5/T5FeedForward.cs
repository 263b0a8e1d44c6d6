using Peft.Declarative.Layers;
using Peft.Declarative.Slots;
using Peft.Declarative.Slots.Products;

namespace Peft.Declarative.Models;

/// <summary>
/// Feed-forward network: <c>wo(activation(wi x))</c> in the first T5, <c>wo(activation(wi_0 x) · wi_1 x)</c> since T5 1.1. Shazeer 2020,
/// arXiv 2002.05202.
/// </summary>
public sealed class T5FeedForward : SlotHost
{
    private readonly Func<Tensor, Tensor> _activation;
    private readonly Activation _gate;
    private readonly double _dropout;

    internal T5FeedForward(T5Config config)
        : base(nameof(T5FeedForward))
    {
        _activation = Activations.ByName[config.Activation];
        _gate = ActivationFunctions.ByName(config.Activation)!.Value;
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

        wo = new Linear(config.IntermediateSize, config.HiddenSize, hasBias: false);
    }

    /// <summary>Up projection; <see langword="null"/> in a gated network.</summary>
    [Slot("d_ff", "d_model", When = "!is_gated_act")]
    public nn.Module<Tensor, Tensor>? wi { get; set => Fill(ref field!, value!); }

    /// <summary>The gate projection, to which the activation is applied; <see langword="null"/> in a network without a gate.</summary>
    [Slot("d_ff", "d_model", When = "is_gated_act")]
    public nn.Module<Tensor, Tensor>? wi_0 { get; set => Fill(ref field!, value!); }

    /// <summary>The projection that is gated; <see langword="null"/> in a network without a gate.</summary>
    [Slot("d_ff", "d_model", When = "is_gated_act")]
    public nn.Module<Tensor, Tensor>? wi_1 { get; set => Fill(ref field!, value!); }

    /// <summary>Down projection.</summary>
    [Slot("d_model", "d_ff")]
    public nn.Module<Tensor, Tensor> wo { get; set => Fill(ref field, value); }

    /// <summary>Computes the input of the down projection.</summary>
    internal Tensor Inner(Tensor hidden)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor inner = wi is not null ? _activation(wi.call(hidden)) : Gated(SharedInput.CallForKeeping(hidden, wi_0!, wi_1!));
        return Dropout.Apply(inner, _dropout, training).MoveToOuterDisposeScope();
    }

    private Tensor Gated(Tensor[] projections) => GatedActivation.Of(_gate, projections[0], projections[1]);
}
