namespace Peft.Declarative.Data;

/// <summary>Packs texts into rows.</summary>
internal static class RowPacking
{
    /// <summary>
    /// Packs by first fit, the longest text first: at most 11/9 of the minimum number of rows plus a constant (Johnson 1973). The same texts give the
    /// same rows. Texts of different adapters or tasks share none.
    /// </summary>
    /// <param name="texts">The texts. Longer ones count as truncated to <paramref name="capacity"/>.</param>
    /// <param name="capacity">The maximum number of tokens of a row.</param>
    internal static TrainingRow[][] FirstFit(TrainingRow[] texts, int capacity)
    {
        var longestFirst = (TrainingRow[])texts.Clone();
        LongestFirst.Sort(longestFirst, Array.ConvertAll(texts, static text => text.Ids.Length));
        List<Line> lines = [];
        foreach (TrainingRow text in longestFirst)
        {
            int length = Math.Min(text.Ids.Length, capacity);
            Line? line = FirstWith(lines, length, text);
            if (line is null)
            {
                lines.Add(line = new Line { Room = capacity });
            }

            line.Texts.Add(text);
            line.Room -= length;
        }

        var rows = new TrainingRow[lines.Count][];
        for (int i = 0; i < rows.Length; i++)
        {
            rows[i] = [.. lines[i].Texts];
        }

        return rows;
    }

    private static Line? FirstWith(List<Line> lines, int room, TrainingRow text)
    {
        foreach (Line line in lines)
        {
            if (line.Room >= room && line.Texts[0].Adapter == text.Adapter && line.Texts[0].Task == text.Task)
            {
                return line;
            }
        }

        return null;
    }

    private sealed class Line
    {
        internal List<TrainingRow> Texts { get; } = [];

        internal int Room { get; set; }
    }
}
