using Peft.Declarative.Data.Rows;

namespace Peft.Declarative;

/// <summary>What rows are like, in numbers. Lengths are tokens before rows are cut.</summary>
public sealed record DataSummary
{
    /// <summary>Number of rows.</summary>
    public required int Rows { get; init; }

    /// <summary>Tokens of all rows as they are trained on.</summary>
    public required long Tokens { get; init; }

    /// <summary>Those of them that the loss counts.</summary>
    public required long LearntTokens { get; init; }

    /// <summary>Tokens of the shortest row.</summary>
    public required int Shortest { get; init; }

    /// <summary>Half of the rows are at most as long.</summary>
    public required int Median { get; init; }

    /// <summary>95 of 100 rows are at most as long.</summary>
    public required int Percentile95 { get; init; }

    /// <summary>Tokens of the longest row.</summary>
    public required int Longest { get; init; }

    /// <summary>Rows that were longer than allowed and lost their end.</summary>
    public required int CutRows { get; init; }

    internal static DataSummary Of(RowSet rows)
    {
        int[] lengths = [.. Enumerable.Range(0, rows.Count).Select(rows.UncutLength).Order()];
        return new DataSummary
        {
            Rows = rows.Count,
            Tokens = Enumerable.Range(0, rows.Count).Sum(i => (long)rows.Length(i)),
            LearntTokens = rows.LabelCount,
            Shortest = lengths[0],
            Median = Rank(lengths, 0.5),
            Percentile95 = Rank(lengths, 0.95),
            Longest = lengths[^1],
            CutRows = Enumerable.Range(0, rows.Count).Count(i => rows.UncutLength(i) > rows.Length(i)),
        };
    }

    // The nearest rank: a length that a row has.
    private static int Rank(int[] sorted, double share) => sorted[Math.Max(0, (int)Math.Ceiling(share * sorted.Length) - 1)];
}
