namespace Peft.Declarative.Targeting;

/// <summary>Takes out the layers that a query excludes by list or by expression.</summary>
internal sealed class Exclusion(TargetQuery query, TargetProblems problems)
{
    internal List<TargetLayer> Keep(List<TargetLayer> chosen, IReadOnlyList<TargetLayer> all)
    {
        if (query.ExcludePattern is { } expression) return KeepByExpression(expression, chosen, all);

        IReadOnlyList<string> entries = query.Exclude ?? [];
        for (int i = 0; i < entries.Count; i++)
        {
            if (!all.Any(layer => LayerPath.EndsWith(layer.Path, entries[i]))) problems.NameFindsNothing(nameof(query.Exclude), i, entries[i]);
        }

        return chosen.Where(layer => !entries.Any(entry => LayerPath.EndsWith(layer.Path, entry))).ToList();
    }

    private List<TargetLayer> KeepByExpression(string expression, List<TargetLayer> chosen, IReadOnlyList<TargetLayer> all)
    {
        if (PathPattern.Whole(expression, out string? failure) is not { } pattern)
        {
            problems.BadExpression(nameof(query.ExcludePattern), -1, expression, failure!);
            return chosen;
        }

        bool used = all.Any(layer => pattern.Matches(layer.Path));
        List<TargetLayer> kept = chosen.Where(layer => !pattern.Matches(layer.Path)).ToList();
        if (pattern.Failure is not null) problems.BadExpression(nameof(query.ExcludePattern), -1, expression, pattern.Failure);
        else if (!used) problems.ExpressionFindsNothing(nameof(query.ExcludePattern), expression);
        return kept;
    }
}
