using MethodStudy.Study;
using ScottPlot;

namespace MethodStudy.Output;

/// <summary>What each method costs, in some unit.</summary>
internal static class CostPlot
{
    /// <summary>A bar for each method, the first one on top.</summary>
    internal static byte[] Draw(IReadOnlyList<Measurement> methods, string unit, Func<Measurement, double> cost)
    {
        using var plot = new Plot();
        double[] places = [.. Enumerable.Range(0, methods.Count).Select(i => (double)(methods.Count - i))];
        plot.Add.Bars(methods.Zip(places, (method, place) => new Bar
        {
            Position = place,
            Value = cost(method),
            FillColor = Colors.SteelBlue,
            Orientation = Orientation.Horizontal,
            Size = 0.7,
        }).ToList());
        plot.Axes.Left.TickGenerator = new ScottPlot.TickGenerators.NumericManual(places, [.. methods.Select(method => method.Title)]);
        plot.Axes.Margins(left: 0);
        plot.XLabel(unit);
        return Picture.Png(plot);
    }
}
