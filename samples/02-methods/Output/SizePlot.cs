using System.Globalization;
using MethodStudy.Study;
using ScottPlot;

namespace MethodStudy.Output;

/// <summary>Whether soft prompts catch up as models grow.</summary>
internal static class SizePlot
{
    /// <summary>A line for each method over the sizes of the base.</summary>
    internal static byte[] Draw(IReadOnlyList<SizeResult> sizes)
    {
        using var plot = new Plot();
        foreach (var method in sizes.GroupBy(result => result.Measured.Title))
        {
            double[] parameters = [.. method.Select(result => Math.Log10(result.Measured.BaseParameters))];
            var line = plot.Add.Scatter(parameters, method.Select(result => 100 * result.Measured.Full).ToArray());
            line.LineWidth = 2;
            line.MarkerSize = 9;
            line.LegendText = method.Key;
        }

        double[] places = [.. sizes.Select(result => (double)result.Measured.BaseParameters).Distinct()];
        plot.Axes.Bottom.TickGenerator = new ScottPlot.TickGenerators.NumericManual(
            [.. places.Select(Math.Log10)], [.. places.Select(place => string.Create(CultureInfo.InvariantCulture, $"{place:N0}"))]);
        plot.XLabel("parameters of the base");
        plot.YLabel("unseen questions answered right, in voice (%)");
        plot.Axes.SetLimitsY(-5, 105);
        plot.ShowLegend(Edge.Right);
        return Picture.Png(plot);
    }
}
