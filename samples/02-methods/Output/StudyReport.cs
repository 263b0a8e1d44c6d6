using MethodStudy.Study;

namespace MethodStudy.Output;

/// <summary>What the study leaves: a table, plots, and a page with both.</summary>
internal static class StudyReport
{
    /// <summary>Writes everything and prints the table.</summary>
    /// <param name="home">Made if missing.</param>
    /// <param name="methods">The methods on the shipped base.</param>
    /// <param name="sizes">Some of them on bases of three sizes; may be empty.</param>
    /// <param name="ratios">Step times over LoRA's by short name.</param>
    internal static void Write(string home, IReadOnlyList<Measurement> methods, IReadOnlyList<SizeResult> sizes, IReadOnlyDictionary<string, double> ratios)
    {
        Directory.CreateDirectory(home);
        Measurement[] trained = [.. methods.Where(method => method.Losses.Count > 0)];
        (string Title, byte[] Png)[] plots =
        [
            ("Accuracy and trainable share", AccuracyPlot.Draw(trained)),
            ("Loss", LossCurves.Draw(trained)),
            ("Time of a step", CostPlot.Draw(
                [.. trained.Where(method => ratios.ContainsKey(method.Name))], "time of a step, LoRA's = 1", method => ratios[method.Name])),
            ("Peak memory of the process", CostPlot.Draw(trained, "MiB", method => method.PeakBytes / (double)(1 << 20))),
            .. sizes.Count > 0 ? OverSizes(sizes) : [],
        ];
        StudyTable[] tables = [StudyTable.OfMethods(methods, ratios), StudyTable.OfSizes(sizes)];
        string text = string.Join("\n", tables.Select(table => table.Markdown()));
        Console.WriteLine(text);
        File.WriteAllText(Path.Combine(home, "table.md"), text);
        foreach ((string title, byte[] png) in plots)
        {
            File.WriteAllBytes(Path.Combine(home, $"{title.ToLowerInvariant().Replace(' ', '-')}.png"), png);
        }

        File.WriteAllText(Path.Combine(home, "study.html"), StudyPage.Html(tables, plots));
    }

    private static (string Title, byte[] Png)[] OverSizes(IReadOnlyList<SizeResult> sizes) =>
    [
        ("Three sizes of base", SizePlot.Draw(sizes, "unseen questions answered right, in voice (%)", measured => 100 * measured.Full)),
        ("Loss on three sizes of base", SizePlot.Draw(
            sizes, "share of full fine-tuning's gain in unseen loss (%)", measured => 100 * StudyTable.ShareOfGain(measured, sizes))),
    ];
}
