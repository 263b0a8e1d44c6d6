namespace Peft.Declarative.Targeting;

/// <summary>Picks those of the adapted layers that a further argument names, for methods that treat some of their targets in another way.</summary>
/// <param name="problems">Takes what is wrong.</param>
/// <param name="lenient">Whether names are read as the reference library reads them: any end of a path counts, and none has to fit.</param>
internal sealed class TargetSubset(TargetProblems problems, bool lenient)
{
    /// <summary>Paths of the layers that end in one of the names. Each name must fit one.</summary>
    internal HashSet<string> Named(IReadOnlyList<string> names, string argument, IReadOnlyList<TargetLayer> adapted)
    {
        for (int i = 0; i < names.Count; i++)
        {
            if (!adapted.Any(layer => Fits(names[i], layer))) problems.KeyFitsNothing(argument, i, names[i], adapted);
        }

        return Paths(adapted.Where(layer => names.Any(name => Fits(name, layer))));
    }

    /// <summary>Paths of the layers that an expression matches whole.</summary>
    internal HashSet<string> Matching(string expression, string argument, IReadOnlyList<TargetLayer> adapted)
    {
        if (PathPattern.Whole(expression, out string? failure) is not { } pattern)
        {
            problems.BadExpression(argument, -1, expression, failure!);
            return Paths([]);
        }

        HashSet<string> matching = Paths(adapted.Where(layer => pattern.Matches(layer.Path)));
        if (pattern.Failure is not null) problems.BadExpression(argument, -1, expression, pattern.Failure);
        else if (matching.Count == 0) problems.KeyFitsNothing(argument, -1, expression, adapted);
        return matching;
    }

    private bool Fits(string name, TargetLayer layer) =>
        lenient ? layer.Path.EndsWith(name, StringComparison.Ordinal) : LayerPath.EndsWith(layer.Path, name);

    private static HashSet<string> Paths(IEnumerable<TargetLayer> layers) => new(layers.Select(layer => layer.Path), StringComparer.Ordinal);
}
