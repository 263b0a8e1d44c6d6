namespace Peft.Declarative.Targeting;

/// <summary>A rank or alpha pattern: the value of the first entry that fits a path, in the order they are written.</summary>
internal sealed class PatternTable
{
    private readonly string argument;
    private readonly TargetProblems problems;
    private readonly List<(int Index, PatternEntry Entry, PathPattern Pattern)> rows = [];

    internal PatternTable(string argument, IReadOnlyList<PatternEntry>? entries, TargetProblems problems)
    {
        this.argument = argument;
        this.problems = problems;
        for (int i = 0; i < (entries?.Count ?? 0); i++)
        {
            PatternEntry entry = entries![i];
            if (PathPattern.End(entry.Key, out string? failure) is { } pattern) rows.Add((i, entry, pattern));
            else problems.BadExpression(argument, i, entry.Key, failure!);
        }
    }

    internal double Of(string path, double otherwise)
    {
        foreach (var (_, entry, pattern) in rows)
        {
            if (pattern.Matches(path)) return entry.Value;
        }

        return otherwise;
    }

    internal void CheckEveryKeyFits(IReadOnlyList<TargetLayer> adapted)
    {
        foreach (var (index, entry, pattern) in rows)
        {
            bool fits = adapted.Any(layer => pattern.Matches(layer.Path));
            if (pattern.Failure is not null) problems.BadExpression(argument, index, entry.Key, pattern.Failure);
            else if (!fits) problems.KeyFitsNothing(argument, index, entry.Key, adapted);
        }
    }
}
