using System.Globalization;
using System.Text;
using MethodStudy.Study;

namespace MethodStudy.Output;

/// <summary>Measurements in rows.</summary>
/// <param name="Columns">Headings.</param>
/// <param name="Rows">As many cells each.</param>
internal sealed record StudyTable(IReadOnlyList<string> Columns, IReadOnlyList<IReadOnlyList<string>> Rows)
{
    private const string None = "–";

    /// <summary>A row for each method on the shipped base.</summary>
    /// <param name="methods">The measurements.</param>
    /// <param name="ratios">Step times over LoRA's by short name.</param>
    internal static StudyTable OfMethods(IEnumerable<Measurement> methods, IReadOnlyDictionary<string, double> ratios)
    {
        string[] columns =
        [
            "Method", "Trainable", "Share", "File", "Learning rate", "Steps", "Content", "Voice", "Both right", "Unseen loss", "Step, LoRA = 1", "Peak memory",
        ];
        return new StudyTable(columns, [.. methods.Select(Cells)]);

        IReadOnlyList<string> Cells(Measurement method) => method switch
        {
            { Refused: { } reason } => [method.Title, .. Enumerable.Repeat(None, columns.Length - 2), $"refused, {reason.Split(':')[0]}"],
            { Losses.Count: 0 } => [method.Title, "0", "0", None, None, None, .. Marks(method), None, None, MiB(method.PeakBytes)],
            _ =>
            [
                method.Title, Count(method.Trainable), Percent(Share(method)), KiB(method.AdapterBytes), Text($"{method.Rate:0.####}"), Text($"{method.Losses.Count}"),
                .. Marks(method), Text($"{method.UnseenLoss:F3}"), ratios.TryGetValue(method.Name, out double ratio) ? Text($"{ratio:F2}") : None, MiB(method.PeakBytes),
            ],
        };
    }

    /// <summary>A row for each method on each size of base.</summary>
    internal static StudyTable OfSizes(IReadOnlyList<SizeResult> sizes) => new(
        ["Base", "Parameters", "Method", "Share", "Content", "Voice", "Both right", "Unseen loss before", "after", "Share of full fine-tuning's gain"],
        [
            .. sizes.Select(result => (IReadOnlyList<string>)
            [
                result.Base, Count(result.Measured.BaseParameters), result.Measured.Title, Percent(Share(result.Measured)), .. Marks(result.Measured),
                Text($"{result.Measured.UnseenLossBefore:F3}"), Text($"{result.Measured.UnseenLoss:F3}"), Percent(ShareOfGain(result.Measured, sizes)),
            ]),
        ]);

    /// <summary>Trainable parameters for each of the base's, from 0.</summary>
    internal static double Share(Measurement method) => (double)method.Trainable / method.BaseParameters;

    /// <summary>How far a method brings the unseen loss down, over what full fine-tuning does on the same base; NaN if that was not run.</summary>
    internal static double ShareOfGain(Measurement measured, IEnumerable<SizeResult> sizes)
    {
        Measurement? full = sizes.Select(result => result.Measured)
            .FirstOrDefault(other => other.Name == Candidates.Baseline && other.BaseParameters == measured.BaseParameters);
        return full is null ? double.NaN : (measured.UnseenLossBefore - measured.UnseenLoss) / (full.UnseenLossBefore - full.UnseenLoss);
    }

    /// <summary>The table in Markdown.</summary>
    internal string Markdown()
    {
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"| {string.Join(" | ", Columns)} |");
        text.AppendLine(CultureInfo.InvariantCulture, $"|{string.Concat(Enumerable.Repeat("---|", Columns.Count))}");
        foreach (IReadOnlyList<string> row in Rows)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"| {string.Join(" | ", row)} |");
        }

        return text.ToString();
    }

    private static string[] Marks(Measurement method) => [Percent(method.Content), Percent(method.InVoice), Percent(method.Full)];

    private static string Count(long number) => Text($"{number:N0}");

    private static string Percent(double share) => double.IsNaN(share) ? None : Text($"{100 * share:F1} %");

    private static string KiB(long bytes) => Text($"{bytes / 1024.0:N0} KiB");

    private static string MiB(long bytes) => Text($"{bytes / (double)(1 << 20):N0} MiB");

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
