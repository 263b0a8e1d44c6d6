using Peft.Declarative.Methods.Vera;

namespace Peft.Declarative;

/// <summary>
/// Vector-based random matrix adaptation: <c>y = W x + b ∘ B (d ∘ A x)</c> with <c>W</c> [out, in] frozen, <c>A</c> [rank, in] and <c>B</c> [out, rank]
/// random, frozen and shared by all layers, <c>d</c> [rank] and <c>b</c> [out] trained. <c>b</c> starts at zero, so training starts at the base
/// model. It sits on linear layers. Kopiczko et al. 2023, arXiv 2310.11454.
/// </summary>
/// <param name="rank">Inner dimension of the projections; 256 unless set, up to 1024 in the paper: it costs memory, but few trained values. At least 1.</param>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Field | AttributeTargets.Property, AllowMultiple = true, Inherited = false)]
public sealed class VeraAttribute(int rank = VeraFacts.Rank) : LayerAdapterAttribute
{
    /// <summary>Inner dimension of the projections.</summary>
    public int Rank { get; } = rank;

    /// <summary>Dropout probability on the input of <c>A</c> while training, from 0 (the default) to below 1. The base branch is not touched.</summary>
    public double Dropout { get; init; }

    /// <summary>First value of <c>d</c>; 0.1 unless set, as in the paper. Not 0, where no gradient would reach <c>b</c>.</summary>
    public double Start { get; init; } = VeraFacts.Start;

    /// <summary>Seed of the projections; 0 unless set. The same seed and targets give the same projections, here and in the reference library.</summary>
    public int Seed { get; init; }

    /// <summary>Whether the file holds the projections; true unless set. Without them it is a few kilobytes, and readers draw them from the seed.</summary>
    public bool SaveProjections { get; init; } = true;

    /// <summary>Which biases of the base model are trained and saved with the adapter; none unless set.</summary>
    public BiasTraining Bias { get; init; }
}
