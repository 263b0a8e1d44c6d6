using System.Globalization;
using ScottPlot;
using ScottPlot.TickGenerators;

namespace Peft.Declarative.App.Output;

/// <summary>The loss curve of a training run.</summary>
public static class LossPlot
{
    private const int Width = 960;
    private const int Height = 540;

    // A loss that is below this fraction of its start for most of the run is a line at the bottom of a linear axis.
    private const double EarlyFall = 0.1;

    /// <summary>
    /// Writes a PNG file with the loss of each step, its moving average, and the evaluation losses. The axis of the loss is logarithmic if the loss falls early
    /// in the run.
    /// </summary>
    /// <param name="result">The result of the run.</param>
    /// <param name="path">The path of the file.</param>
    /// <param name="title">The title of the plot.</param>
    public static void Save(TrainingResult result, string path, string title)
    {
        ArgumentNullException.ThrowIfNull(result);
        bool log = IsLogarithmic(result.Losses);
        using var plot = new Plot();
        double[] steps = [.. Enumerable.Range(1, result.Losses.Count).Select(step => (double)step)];
        var losses = plot.Add.ScatterLine(steps, Heights(result.Losses, log), Colors.SteelBlue.WithAlpha(0.35));
        losses.LegendText = "step";
        var average = plot.Add.ScatterLine(steps, Heights(MovingAverage(result.Losses), log), Colors.SteelBlue);
        average.LineWidth = 2;
        average.LegendText = "moving average";
        if (result.Evaluations.Count > 0)
        {
            var evaluations = plot.Add.Scatter(
                result.Evaluations.Select(evaluation => (double)evaluation.Step).ToArray(),
                Heights([.. result.Evaluations.Select(evaluation => evaluation.Loss)], log),
                Colors.DarkOrange);
            evaluations.LegendText = "evaluation";
        }

        plot.Title(title);
        plot.XLabel("optimizer step");
        plot.YLabel("loss per token");
        plot.Axes.Bottom.TickGenerator = new NumericAutomatic { LabelFormatter = Label, IntegerTicksOnly = true };
        plot.Axes.Left.TickGenerator = log
            ? new NumericAutomatic { LabelFormatter = height => Label(Math.Pow(10.0, height)), MinorTickGenerator = new LogMinorTickGenerator(), IntegerTicksOnly = true }
            : new NumericAutomatic { LabelFormatter = Label };
        if (!log)
        {
            plot.Axes.SetLimitsY(0, 1.05 * result.Losses.Concat(result.Evaluations.Select(evaluation => evaluation.Loss)).DefaultIfEmpty(1.0).Max());
        }

        plot.ShowLegend(Alignment.UpperRight);
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        plot.SavePng(path, Width, Height);
    }

    /// <summary>Determines whether the loss decreases to a tenth of its start within the first half of the run.</summary>
    internal static bool IsLogarithmic(IReadOnlyList<double> losses)
    {
        double[] later = [.. losses.Skip(losses.Count / 2).Order()];
        return losses.Count > 2 && losses.Min() > 0.0 && later[later.Length / 2] < EarlyFall * losses[0];
    }

    /// <summary>
    /// Computes the mean of the steps around each step, as many before as after it, so that the curve does not lag behind the losses.
    /// </summary>
    internal static double[] MovingAverage(IReadOnlyList<double> values)
    {
        int reach = values.Count / 40;
        var sums = new double[values.Count + 1];
        for (int i = 0; i < values.Count; i++)
        {
            sums[i + 1] = sums[i] + values[i];
        }

        return [.. Enumerable.Range(0, values.Count).Select(i =>
        {
            int near = Math.Min(reach, Math.Min(i, values.Count - 1 - i));
            return (sums[i + near + 1] - sums[i - near]) / ((2 * near) + 1);
        })];
    }

    private static double[] Heights(IReadOnlyList<double> losses, bool log) =>
        [.. losses.Select(loss => log ? Math.Log10(Math.Max(loss, double.Epsilon)) : loss)];

    private static string Label(double number) => number.ToString("0.######", CultureInfo.InvariantCulture);
}
