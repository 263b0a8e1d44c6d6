using Peft.Declarative.Methods.Vera;

namespace Peft.Declarative;

/// <summary>
/// Vector-based random matrix adaptation: <c>y = W x + b ∘ B (d ∘ A x)</c> with <c>W</c> [out, in] frozen, <c>A</c> [rank, in] and <c>B</c> [out,
/// rank] random, frozen and shared by all layers, <c>d</c> [rank] and <c>b</c> [out] trained. <c>b</c> starts at zero, so training starts at the base
/// model. It adapts linear layers. Kopiczko et al. 2023, arXiv 2310.11454.
/// </summary>
/// <param name="rank">
/// The inner dimension of the projections, at least 1; up to 1024 in the paper. The default is 256. It needs memory, but few trained values.
/// </param>
/// <example>
/// <code>
/// [Vera(rank: 256)]
/// public sealed partial class Persona : LlamaForCausalLM;
/// </code>
/// </example>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Field | AttributeTargets.Property, AllowMultiple = true, Inherited = false)]
public sealed class VeraAttribute(int rank = VeraFacts.Rank) : LayerAdapterAttribute
{
    /// <summary>The inner dimension of the projections.</summary>
    public int Rank { get; } = rank;

    /// <summary>
    /// The dropout probability on the input of <c>A</c> during training, from 0 (the default) to below 1. The base branch has no dropout.
    /// </summary>
    public double Dropout { get; init; }

    /// <summary>The initial value of <c>d</c>, not 0, because then no gradient would reach <c>b</c>. The default is 0.1, as in the paper.</summary>
    public double Start { get; init; } = VeraFacts.Start;

    /// <summary>
    /// The seed of the projections. The default is 0. The same seed and targets give the same projections, also in the reference library.
    /// </summary>
    public int Seed { get; init; }

    /// <summary>
    /// Whether the file contains the projections. The default is <see langword="true"/>. Without them, it has a few kilobytes, and readers recreate
    /// them from the seed.
    /// </summary>
    public bool SaveProjections { get; init; } = true;

    /// <summary>Which biases of the base model are trained and saved with the adapter. The default is none.</summary>
    public BiasTraining Bias { get; init; }
}
