namespace Peft.Declarative.Data.Rows;

/// <summary>Computes the order of the rows in an epoch from seed and epoch alone, so that a resumed run gets the same batches.</summary>
internal static class RowOrder
{
    private const int GroupedSteps = 50;

    internal static int[] Shuffled(int count, int seed, int epoch)
    {
        int[] order = [.. Enumerable.Range(0, count)];
        Draw(seed, epoch).Shuffle(order);
        return order;
    }

    /// <summary>
    /// Shuffles rows so that those of a step have similar lengths: within fifty steps' worth of rows they are sorted, and the steps are shuffled
    /// again, because lengths that only decrease would train long texts first.
    /// </summary>
    internal static int[] Grouped(RowSet rows, int rowsPerStep, int seed, int epoch)
    {
        int[] order = Shuffled(rows.Count, seed, epoch);
        IEnumerable<int> sorted = order.Chunk(checked(rowsPerStep * GroupedSteps)).SelectMany(part => part.OrderByDescending(rows.Length));
        int[][] steps = [.. sorted.Chunk(rowsPerStep)];

        // A last step with fewer rows stays the last, or all later steps would begin elsewhere.
        int full = rows.Count / rowsPerStep;
        Draw(~seed, epoch).Shuffle(steps.AsSpan(0, full));
        return [.. steps.SelectMany(step => step)];
    }

    // A seeded Random gives the same numbers in every version of .NET. HashCode would not: it differs between processes.
    private static Random Draw(int seed, int epoch) => new(unchecked(seed * 1_000_003 + epoch));
}
