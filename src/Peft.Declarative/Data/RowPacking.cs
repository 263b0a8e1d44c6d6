namespace Peft.Declarative.Data;

/// <summary>Puts texts side by side into rows.</summary>
internal static class RowPacking
{
    /// <summary>
    /// First fit, the longest text first: at most 11/9 of the fewest rows and a constant. Johnson 1973. The same rows for the same texts.
    /// </summary>
    /// <param name="rows">Texts; longer ones are taken as cut to <paramref name="capacity"/>.</param>
    /// <param name="capacity">Most tokens of a row.</param>
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
