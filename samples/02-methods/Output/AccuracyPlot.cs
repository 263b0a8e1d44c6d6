using System.Globalization;
using MethodStudy.Study;
using ScottPlot;

namespace MethodStudy.Output;

/// <summary>How much is trained, and what comes of it.</summary>
internal static class AccuracyPlot
{
    /// <summary>A point for each method.</summary>
    internal static byte[] Draw(IReadOnlyList<Measurement> methods)
    {
        using var plot = new Plot();
        foreach (Measurement method in methods)
        {
            double x = Math.Log10(100 * StudyTable.Share(method));
            plot.Add.Marker(x, 100 * method.Full, MarkerShape.FilledCircle, 10, Colors.SteelBlue);
            var label = plot.Add.Text(method.Title, x, 100 * method.Full);
            label.LabelAlignment = Alignment.LowerCenter;
            label.OffsetY = -8;
            label.LabelRotation = -20;
            label.LabelFontSize = 11;
        }

        Picture.Decades(plot.Axes.Bottom, value => string.Create(CultureInfo.InvariantCulture, $"{value:0.###} %"), -2, 2);
        plot.XLabel("trainable share of the base's parameters");
        plot.YLabel("unseen questions answered right, in the persona's voice (%)");
        plot.Axes.SetLimits(-1.2, 2.4, -8, 125);
        return Picture.Png(plot);
    }
}
