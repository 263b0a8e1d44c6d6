using Peft.Declarative.Data.Rows;

namespace Peft.Declarative;

/// <summary>Statistics of rows. Lengths are in tokens, before rows are truncated.</summary>
public sealed record DataSummary
{
    /// <summary>The number of rows.</summary>
    public required int Rows { get; init; }

    /// <summary>The number of tokens of all rows, after truncation.</summary>
    public required long Tokens { get; init; }

    /// <summary>The number of those tokens that count in the loss.</summary>
    public required long LearntTokens { get; init; }

    /// <summary>The number of tokens of the shortest row.</summary>
    public required int Shortest { get; init; }

    /// <summary>The median length. Half of the rows are at most as long.</summary>
    public required int Median { get; init; }

    /// <summary>The 95th percentile of the lengths.</summary>
    public required int Percentile95 { get; init; }

    /// <summary>The number of tokens of the longest row.</summary>
    public required int Longest { get; init; }

    /// <summary>The number of rows that were longer than allowed and truncated.</summary>
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

    // The nearest rank, which is the length of a row.
    private static int Rank(int[] sorted, double share) => sorted[Math.Max(0, (int)Math.Ceiling(share * sorted.Length) - 1)];
}
