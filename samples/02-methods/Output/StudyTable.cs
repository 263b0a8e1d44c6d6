using System.Globalization;
using System.Text;
using MethodStudy.Study;

namespace MethodStudy.Output;

/// <summary>The measurements in rows.</summary>
internal static class StudyTable
{
    /// <summary>Columns of the methods' table.</summary>
    internal static IReadOnlyList<string> Columns { get; } =
        ["Method", "Trainable", "Share", "File", "Learning rate", "Steps", "Content", "Voice", "Both right", "Step, LoRA = 1", "Peak memory"];

    /// <summary>Columns of the table over base sizes.</summary>
    internal static IReadOnlyList<string> SizeColumns { get; } = ["Base", "Parameters", "Method", "Share", "Content", "Voice", "Both right"];

    /// <summary>Cells of a method.</summary>
    internal static IReadOnlyList<string> Cells(Measurement method) => method switch
    {
        { Refused: { } reason } => [method.Title, .. Enumerable.Repeat("–", Columns.Count - 2), $"refused, {reason.Split(':')[0]}"],
        { Losses.Count: 0 } => [method.Title, "0", "0", "–", "–", "–", Percent(method.Content), Percent(method.InVoice), Percent(method.Full), "–", MiB(method.PeakBytes)],
        _ =>
        [
            method.Title, Count(method.Trainable), Percent(Share(method)), KiB(method.AdapterBytes), Text($"{method.Rate:0.###}"), Text($"{method.Losses.Count}"),
            Percent(method.Content), Percent(method.InVoice), Percent(method.Full), Text($"{method.StepRatio:F2}"), MiB(method.PeakBytes),
        ],
    };

    /// <summary>Cells of a method on a base of some size.</summary>
    internal static IReadOnlyList<string> Cells(SizeResult result) =>
    [
        result.Base, Count(result.Measured.BaseParameters), result.Measured.Title, Percent(Share(result.Measured)),
        Percent(result.Measured.Content), Percent(result.Measured.InVoice), Percent(result.Measured.Full),
    ];

    /// <summary>Trainable parameters for each of the base's, from 0.</summary>
    internal static double Share(Measurement method) => (double)method.Trainable / method.BaseParameters;

    /// <summary>The methods as a table of Markdown.</summary>
    internal static string Markdown(IEnumerable<Measurement> methods) => Markdown(Columns, methods.Select(Cells));

    /// <summary>The sizes as a table of Markdown.</summary>
    internal static string Markdown(IEnumerable<SizeResult> sizes) => Markdown(SizeColumns, sizes.Select(Cells));

    private static string Markdown(IReadOnlyList<string> columns, IEnumerable<IReadOnlyList<string>> rows)
    {
        var text = new StringBuilder();
        text.AppendLine($"| {string.Join(" | ", columns)} |");
        text.AppendLine($"|{string.Concat(Enumerable.Repeat("---|", columns.Count))}");
        foreach (IReadOnlyList<string> row in rows)
        {
            text.AppendLine($"| {string.Join(" | ", row)} |");
        }

        return text.ToString();
    }

    private static string Count(long number) => Text($"{number:N0}");

    private static string Percent(double share) => Text($"{100 * share:F1} %");

    private static string KiB(long bytes) => Text($"{bytes / 1024.0:N0} KiB");

    private static string MiB(long bytes) => Text($"{bytes / (double)(1 << 20):N0} MiB");

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
