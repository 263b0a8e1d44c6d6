using Peft.Declarative.Targeting;

namespace Peft.Declarative.Methods.Ia3;

/// <summary>Determines which targets are scaled on their input, for both the compiler and the run time.</summary>
internal static class Ia3Sides
{
    /// <summary>Gets the paths of the feed-forward layers among the targets.</summary>
    /// <param name="names">The names in the declaration or file; <see langword="null"/> for none.</param>
    /// <param name="pattern">The regular expression instead; <see langword="null"/> for none.</param>
    /// <param name="usual">The names of the family, used if neither is given. They need not all match a target.</param>
    /// <param name="adapted">The targets.</param>
    /// <param name="problems">Receives names that match no target.</param>
    /// <param name="lenient">Whether names are matched as in the reference library.</param>
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
