using Peft.Declarative.Targeting;

namespace Peft.Declarative.Methods.Ia3;

/// <summary>Which of the targets are scaled on their input. The compiler and the run time ask here.</summary>
internal static class Ia3Sides
{
    /// <summary>Paths of the feed-forward layers among the targets.</summary>
    /// <param name="names">Names that the declaration or file gives; null for none.</param>
    /// <param name="pattern">Its expression instead; null for none.</param>
    /// <param name="usual">The family's, where neither is given; these need not all be there.</param>
    /// <param name="adapted">The targets.</param>
    /// <param name="problems">Takes names that fit no target.</param>
    /// <param name="lenient">Whether names are read as the reference library reads them.</param>
    internal static HashSet<string> FeedForward(
        IReadOnlyList<string>? names,
        string? pattern,
        IReadOnlyList<string>? usual,
        IReadOnlyList<TargetLayer> adapted,
        TargetProblems problems,
        bool lenient)
    {
        var subset = new TargetSubset(problems, lenient);
        if (pattern is not null) return subset.Matching(pattern, "FeedForwardPattern", adapted);
        if (names is not null) return subset.Named(names, "FeedForward", adapted);

        return subset.Named((usual ?? []).Where(name => adapted.Any(layer => LayerPath.EndsWith(layer.Path, name))).ToList(), "FeedForward", adapted);
    }
}
