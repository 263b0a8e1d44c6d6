namespace Peft.Declarative.Adapters;

/// <summary>What a table of methods says of one. The README's table is written from these.</summary>
/// <param name="Name">Name of the attribute.</param>
/// <param name="Class">Class in the survey of Han et al. 2024, arXiv 2403.14608.</param>
/// <param name="Place">Where in the model it sits.</param>
/// <param name="Paper">arXiv id of the paper.</param>
internal sealed record MethodFacts(string Name, MethodClass Class, string Place, string Paper)
{
    /// <summary>Whether it can be folded into the base's weights.</summary>
    public bool Merges { get; init; } = true;

    /// <summary>Families it can be on; null for all.</summary>
    public IReadOnlyList<string>? Families { get; init; }
}
