using ScottPlot;

namespace Peft.Declarative.App.Output;

/// <summary>The loss curve of a training run.</summary>
public static class LossPlot
{
    private const int Width = 960;
    private const int Height = 540;

    /// <summary>Writes a PNG file with the loss of each step, its moving average, and the evaluation losses.</summary>
    /// <param name="result">The result of the run.</param>
    /// <param name="path">The path of the file.</param>
    /// <param name="title">The title of the plot.</param>
    public static void Save(TrainingResult result, string path, string title)
    {
        ArgumentNullException.ThrowIfNull(result);
        using var plot = new Plot();
        double[] steps = [.. Enumerable.Range(1, result.Losses.Count).Select(step => (double)step)];
        var losses = plot.Add.ScatterLine(steps, [.. result.Losses], Colors.SteelBlue.WithAlpha(0.35));
        losses.LegendText = "step";
        var average = plot.Add.ScatterLine(steps, MovingAverage(result.Losses), Colors.SteelBlue);
        average.LineWidth = 2;
        average.LegendText = "moving average";
        if (result.Evaluations.Count > 0)
        {
            var evaluations = plot.Add.Scatter(
                result.Evaluations.Select(evaluation => (double)evaluation.Step).ToArray(),
                result.Evaluations.Select(evaluation => evaluation.Loss).ToArray(),
                Colors.DarkOrange);
            evaluations.LegendText = "evaluation";
        }

        plot.Title(title);
        plot.XLabel("optimiser step");
        plot.YLabel("loss per token");
        plot.Axes.SetLimitsY(0, 1.05 * result.Losses.Concat(result.Evaluations.Select(evaluation => evaluation.Loss)).DefaultIfEmpty(1.0).Max());
        plot.ShowLegend(Alignment.UpperRight);
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        plot.SavePng(path, Width, Height);
    }

    private static double[] MovingAverage(IReadOnlyList<double> values)
    {
        int window = Math.Max(1, values.Count / 20);
        var averages = new double[values.Count];
        double sum = 0.0;
        for (int i = 0; i < values.Count; i++)
        {
            sum += values[i] - (i >= window ? values[i - window] : 0.0);
            averages[i] = sum / Math.Min(i + 1, window);
        }

        return averages;
    }
}
