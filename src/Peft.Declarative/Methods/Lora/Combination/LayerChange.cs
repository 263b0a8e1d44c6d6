using Peft.Declarative.Adapters;
using Peft.Declarative.Layers;
using Peft.Declarative.Native;
using Peft.Declarative.Slots;
using static TorchSharp.torch;

namespace Peft.Declarative.Methods.Lora.Combination;

/// <summary>What one adapter adds to the weight and the bias of one layer.</summary>
/// <param name="Part">The part of the adapter.</param>
/// <param name="Layer">The layer of the base model.</param>
/// <param name="Weight">The weight of the adapter in the combination.</param>
internal sealed record LayerChange(IMergeable Part, WeightLayer Layer, double Weight)
{
    /// <summary>Whether it is more than a trained bias.</summary>
    internal bool ChangesWeight => Part is not TrainedBias;

    /// <summary>The part as the product of two factors; <see langword="null"/> if its change is another one.</summary>
    internal ILowRank? LowRank => Part is ILowRank { HasFactors: true } known ? known : null;

    /// <summary>The change [out, in] as a product whose scaling is in <c>B</c>, in float64.</summary>
    internal LowRankFactors? Factors => LowRank is { } known
        ? new LowRankFactors(known.A.detach().to(ScalarType.Float64), known.B.detach().to(ScalarType.Float64) * Scalars.Of(known.Scaling))
        : null;

    /// <summary>The change [out, in] in float32.</summary>
    internal Tensor Delta()
    {
        using DisposeScope scope = NewDisposeScope();
        if (LowRank is { } known)
        {
            return LoraDelta.Weight(known.A.detach(), known.B.detach(), known.Scaling).MoveToOuterDisposeScope();
        }

        Tensor weight = Layer.DenseWeight().detach().to(ScalarType.Float32);
        return Layer.ToWeightLayout(Part.MergeWeight(weight) - weight).contiguous().MoveToOuterDisposeScope();
    }

    /// <summary>The change of the bias [out]; <see langword="null"/> if there is none.</summary>
    internal Tensor? BiasDelta()
    {
        if (LowRank is { } known)
        {
            return known.Bias is { } own ? own.detach() * Scalars.Of(known.Scaling) : null;
        }

        using DisposeScope scope = NewDisposeScope();
        return Layer.BaseBias?.detach().to(ScalarType.Float32) is { } bias && Part.MergeBias(bias) is { } changed && !ReferenceEquals(bias, changed)
            ? (changed - bias).MoveToOuterDisposeScope()
            : null;
    }
}

/// <summary>A part whose change of the weight is <c>s · B A</c>.</summary>
internal interface ILowRank
{
    /// <summary>Whether the change is that product alone, and not one that a magnitude or a gate multiplies.</summary>
    bool HasFactors { get; }

    /// <summary>[rank, in].</summary>
    Tensor A { get; }

    /// <summary>[out, rank].</summary>
    Tensor B { get; }

    /// <summary>The bias of <c>B</c> [out], scaled like the product; <see langword="null"/> without one.</summary>
    Tensor? Bias { get; }

    /// <summary>s.</summary>
    double Scaling { get; }
}
