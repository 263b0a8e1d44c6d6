using MethodStudy.Study;

namespace MethodStudy.Output;

/// <summary>What the study leaves: a table, plots, and a page with both.</summary>
internal static class StudyReport
{
    /// <summary>Writes everything and prints the table.</summary>
    /// <param name="home">Made if missing.</param>
    /// <param name="methods">The methods on the shipped base.</param>
    /// <param name="sizes">Some of them on bases of three sizes; may be empty.</param>
    internal static void Write(string home, IReadOnlyList<Measurement> methods, IReadOnlyList<SizeResult> sizes)
    {
        Directory.CreateDirectory(home);
        Measurement[] trained = [.. methods.Where(method => method.Losses.Count > 0)];
        (string Title, byte[] Png)[] plots =
        [
            ("Accuracy and trainable share", AccuracyPlot.Draw(trained)),
            ("Loss", LossCurves.Draw(trained)),
            ("Time of a step", CostPlot.Draw(trained, "time of a step, LoRA's = 1", method => method.StepRatio)),
            ("Peak memory of the process", CostPlot.Draw(trained, "MiB", method => method.PeakBytes / (double)(1 << 20))),
            .. sizes.Count > 0 ? [("Three sizes of base", SizePlot.Draw(sizes))] : Array.Empty<(string, byte[])>(),
        ];
        string table = StudyTable.Markdown(methods);
        string sizeTable = StudyTable.Markdown(sizes);
        Console.WriteLine(table);
        Console.WriteLine(sizeTable);
        File.WriteAllText(Path.Combine(home, "table.md"), table + "\n" + sizeTable);
        foreach ((string title, byte[] png) in plots)
        {
            File.WriteAllBytes(Path.Combine(home, $"{title.ToLowerInvariant().Replace(' ', '-')}.png"), png);
        }

        File.WriteAllText(Path.Combine(home, "study.html"), StudyPage.Html(methods, sizes, plots));
    }
}
