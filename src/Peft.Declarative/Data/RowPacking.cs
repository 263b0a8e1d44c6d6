namespace Peft.Declarative.Data;

/// <summary>Packs texts into rows.</summary>
internal static class RowPacking
{
    /// <summary>
    /// Packs by first fit, the longest text first: at most 11/9 of the minimum number of rows plus a constant (Johnson 1973). The same texts give the
    /// same rows.
    /// </summary>
    /// <param name="rows">The texts. Longer ones count as truncated to <paramref name="capacity"/>.</param>
    /// <param name="capacity">The maximum number of tokens of a row.</param>
    internal static List<TrainingRow[]> FirstFit(IReadOnlyList<TrainingRow> rows, int capacity)
    {
        List<List<TrainingRow>> lines = [];
        List<int> room = [];
        foreach (TrainingRow row in rows.OrderByDescending(row => row.Ids.Length))
        {
            int length = Math.Min(row.Ids.Length, capacity);
            int line = room.FindIndex(left => left >= length);
            if (line < 0)
            {
                line = lines.Count;
                lines.Add([]);
                room.Add(capacity);
            }

            lines[line].Add(row);
            room[line] -= length;
        }

        return [.. lines.Select(line => line.ToArray())];
    }
}
