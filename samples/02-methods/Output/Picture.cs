using ScottPlot;

namespace MethodStudy.Output;

/// <summary>What the plots have in common.</summary>
internal static class Picture
{
    private const int Width = 1000;
    private const int Height = 560;

    /// <summary>Makes room for labels on an axis of decades, whose values are logarithms.</summary>
    internal static void Decades(IAxis axis, Func<double, string> label, int first, int last)
    {
        double[] places = [.. Enumerable.Range(first, last - first + 1).Select(power => (double)power)];
        axis.TickGenerator = new ScottPlot.TickGenerators.NumericManual(places, [.. places.Select(power => label(Math.Pow(10, power)))]);
    }

    /// <summary>The picture as a PNG file's bytes.</summary>
    internal static byte[] Png(Plot plot) => plot.GetImageBytes(Width, Height, ImageFormat.Png);
}
