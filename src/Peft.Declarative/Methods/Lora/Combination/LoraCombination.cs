namespace Peft.Declarative;

/// <summary>
/// How several adapters are combined into a new LoRA adapter. The defaults give the exact weighted sum of what the adapters add to the weights.
/// </summary>
/// <example>
/// <code>
/// model.Adapters.Combine("pirate-poet", [("pirate", 0.7), ("poet", 0.3)]);
/// model.Adapters.Combine("merged", [("a", 1), ("b", 1)], new LoraCombination { Operator = CombinationOperator.Ties, Density = 0.2, Rank = 16 });
/// </code>
/// </example>
public sealed record LoraCombination
{
    /// <summary>How the adapters' tensors become one; <see cref="CombinationOperator.Linear"/> (a weighted sum) unless set.</summary>
    public CombinationOperator Operator { get; init; }

    /// <summary>Which tensors are combined; the changes of whole weights unless set.</summary>
    public CombinationSpace Space { get; init; }

    /// <summary>
    /// The rank of the new adapter, at least 1. Unless set, it is the sum of the ranks for a weighted sum of low-rank adapters, which is exact, and the
    /// greatest rank of the adapters otherwise.
    /// </summary>
    public int? Rank { get; init; }

    /// <summary>
    /// The share of values that pruning keeps, above 0 and at most 1; 1 (the default) prunes nothing. <see cref="CombinationOperator.Linear"/> does not prune.
    /// </summary>
    public double Density { get; init; } = 1;

    /// <summary>How TIES elects the sign of a value; <see cref="Peft.Declarative.MajoritySign.Total"/> unless set.</summary>
    public MajoritySign MajoritySign { get; init; }

    /// <summary>The seed of the values that DARE drops; 0 unless set.</summary>
    public ulong Seed { get; init; }

    /// <summary>
    /// Whether every layer gets <see cref="Rank"/>, also where its change has a smaller one. Programs that serve LoRA read no pattern of ranks and alphas.
    /// </summary>
    internal bool HasOneRank { get; init; }

    /// <summary>The source of random numbers instead of a new one with <see cref="Seed"/>, for comparisons with a library that has used its own before.</summary>
    internal TorchSharp.torch.Generator? Random { get; init; }

    /// <summary>
    /// Whether the result is that of <c>add_weighted_adapter</c> in Hugging Face PEFT 0.20 also where it is wrong: truncated sums are multiplied by the
    /// scaling alpha / rank twice. No unless set.
    /// </summary>
    public bool ScalesTwice { get; init; }
}

/// <summary>The operators by which tensors of several adapters become one.</summary>
public enum CombinationOperator
{
    /// <summary>The weighted sum: task arithmetic. Ilharco et al. 2023, arXiv 2212.04089.</summary>
    Linear,

    /// <summary>Prunes by magnitude, elects a sign for each value, and takes the mean of those that agree. Yadav et al. 2023, arXiv 2306.01708.</summary>
    Ties,

    /// <summary>Drops values at random, rescales the others, and sums them. Yu et al. 2023, arXiv 2311.03099.</summary>
    DareLinear,

    /// <summary>Drops values at random, rescales the others, and merges them as TIES does.</summary>
    DareTies,

    /// <summary>Keeps the values of greatest magnitude and sums them.</summary>
    MagnitudePrune,
}

/// <summary>The tensors to which an operator is applied.</summary>
public enum CombinationSpace
{
    /// <summary>
    /// The change of each weight as a whole, as the papers define it. The result is factorized again, exactly or to the wanted rank; the error is reported.
    /// </summary>
    Deltas,

    /// <summary>
    /// The factors <c>A</c> and <c>B</c> separately, as Hugging Face PEFT does for <c>linear</c>, <c>ties</c> and their like. It is cheap and needs equal
    /// ranks, but the product of the sums contains terms that mix the factors of different adapters, so it is not the sum of the products.
    /// </summary>
    Factors,
}

/// <summary>How TIES elects the sign of a value among the adapters.</summary>
public enum MajoritySign
{
    /// <summary>By the sum of the values.</summary>
    Total,

    /// <summary>By the number of values with each sign.</summary>
    Frequency,
}
