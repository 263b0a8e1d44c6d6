namespace Peft.Declarative.Data;

/// <summary>Order of the rows in an epoch: a function of seed and epoch alone, so that a resumed run meets the same batches.</summary>
internal static class RowOrder
{
    internal static int[] Shuffled(int count, int seed, int epoch)
    {
        int[] order = [.. Enumerable.Range(0, count)];

        // A seeded Random draws the same numbers in every version of .NET. HashCode would not do: it differs from process to process.
        new Random(unchecked(seed * 1_000_003 + epoch)).Shuffle(order);
        return order;
    }
}
