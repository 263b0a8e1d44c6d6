using System.Globalization;
using MethodStudy.Study;
using ScottPlot;

namespace MethodStudy.Output;

/// <summary>How much is trained, and what comes of it.</summary>
internal static class AccuracyPlot
{
    // Decades of percent: where labels stand, in the order of their points, so that none covers another.
    private const double LabelsAt = 2.4;
    private const double RightEdge = 3.7;

    /// <summary>A point for each method.</summary>
    internal static byte[] Draw(IReadOnlyList<Measurement> methods)
    {
        using var plot = new Plot();
        Measurement[] ranked = [.. methods.OrderByDescending(method => method.Full).ThenByDescending(StudyTable.Share)];
        for (int i = 0; i < ranked.Length; i++)
        {
            double height = 103 - (108.0 * i / Math.Max(1, ranked.Length - 1));
            Mark(plot, ranked[i], height);
        }

        Picture.Decades(plot.Axes.Bottom, value => string.Create(CultureInfo.InvariantCulture, $"{value:0.###} %"), -1, 2);
        plot.XLabel("trainable share of the base's parameters");
        plot.YLabel("unseen questions answered right, in voice (%)");
        plot.Axes.SetLimits(-1.2, RightEdge, -8, 108);
        return Picture.Png(plot);
    }

    private static void Mark(Plot plot, Measurement method, double labelHeight)
    {
        double x = Math.Log10(100 * StudyTable.Share(method));
        double y = 100 * method.Full;
        var lead = plot.Add.Line(x, y, LabelsAt - 0.03, labelHeight);
        lead.LineColor = Colors.LightGray;
        plot.Add.Marker(x, y, MarkerShape.FilledCircle, 9, Colors.SteelBlue);
        var label = plot.Add.Text(method.Title, LabelsAt, labelHeight);
        label.LabelAlignment = Alignment.MiddleLeft;
        label.LabelFontSize = 12;
    }
}
