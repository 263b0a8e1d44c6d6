using System.Globalization;
using MethodStudy.Study;
using ScottPlot;

namespace MethodStudy.Output;

/// <summary>Whether soft prompts catch up as models grow.</summary>
internal static class SizePlot
{
    /// <summary>A line for each method over the sizes of the base.</summary>
    /// <param name="sizes">The measurements.</param>
    /// <param name="unit">What is drawn, in percent.</param>
    /// <param name="value">Takes it from a measurement.</param>
    internal static byte[] Draw(IReadOnlyList<SizeResult> sizes, string unit, Func<Measurement, double> value)
    {
        using var plot = new Plot();
        foreach (var method in sizes.GroupBy(result => result.Measured.Title))
        {
            double[] parameters = [.. method.Select(result => Math.Log10(result.Measured.BaseParameters))];
            var line = plot.Add.Scatter(parameters, method.Select(result => value(result.Measured)).ToArray());
            line.LineWidth = 2;
            line.MarkerSize = 9;
            line.LegendText = method.Key;
        }

        double[] places = [.. sizes.Select(result => (double)result.Measured.BaseParameters).Distinct()];
        plot.Axes.Bottom.TickGenerator = new ScottPlot.TickGenerators.NumericManual(
            [.. places.Select(Math.Log10)], [.. places.Select(place => string.Create(CultureInfo.InvariantCulture, $"{place:N0}"))]);
        plot.XLabel("parameters of the base");
        plot.YLabel(unit);
        plot.Axes.SetLimitsY(-5, 110);
        plot.ShowLegend(Edge.Right);
        return Picture.Png(plot);
    }
}
