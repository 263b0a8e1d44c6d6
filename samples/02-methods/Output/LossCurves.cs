using System.Globalization;
using MethodStudy.Study;
using ScottPlot;

namespace MethodStudy.Output;

/// <summary>How the losses fall.</summary>
internal static class LossCurves
{
    private const int Window = 14;

    /// <summary>A line for each method; the loss of each step, averaged over its neighbours.</summary>
    internal static byte[] Draw(IReadOnlyList<Measurement> methods)
    {
        using var plot = new Plot();
        var palette = new ScottPlot.Palettes.Category20();
        for (int i = 0; i < methods.Count; i++)
        {
            double[] losses = Smooth(methods[i].Losses);
            double[] passed = [.. Enumerable.Range(0, losses.Length).Select(step => 100.0 * (step + 1) / losses.Length)];
            var line = plot.Add.ScatterLine(passed, losses, palette.GetColor(i));
            line.LineWidth = 2;
            line.LegendText = methods[i].Title;
        }

        Picture.Decades(plot.Axes.Left, value => string.Create(CultureInfo.InvariantCulture, $"{value:0.####}"), -3, 1);
        plot.XLabel("part of the run (%)");
        plot.YLabel("loss per token");
        plot.ShowLegend(Edge.Right);
        return Picture.Png(plot);
    }

    private static double[] Smooth(IReadOnlyList<double> losses) =>
        [.. losses.Select((_, step) => Math.Log10(losses.Skip(Math.Max(0, step + 1 - Window)).Take(Math.Min(step + 1, Window)).Average()))];
}
