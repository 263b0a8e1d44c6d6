namespace Peft.Declarative.Slots.Products;

/// <summary>
/// What a part of an adapter does to the product of its layer, if it can be computed together with it: <c>y = m ∘ (W (l ∘ x) + s · B (A x'))</c>. What is null is
/// not done.
/// </summary>
internal readonly record struct LayerTerm
{
    /// <summary>The term <c>s · B (A x')</c>.</summary>
    internal LowRankTerm? LowRank { get; init; }

    /// <summary>The factors <c>m</c>.</summary>
    internal OutputFactors? OnOutput { get; init; }

    /// <summary>The factors <c>l</c>.</summary>
    internal InputFactors? OnInput { get; init; }

    /// <summary>Whether anything of it is trained.</summary>
    internal bool IsTrained => LowRank is { IsTrained: true } || OnOutput is { IsTrained: true } || OnInput is { IsTrained: true };
}
