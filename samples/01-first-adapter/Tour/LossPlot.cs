using ScottPlot;

namespace FirstAdapter.Tours;

/// <summary>The course of the loss as a picture.</summary>
internal static class LossPlot
{
    private const int Width = 900;
    private const int Height = 500;

    /// <summary>Writes a PNG.</summary>
    /// <param name="path">The target.</param>
    /// <param name="title">Stands above the picture.</param>
    /// <param name="losses">Loss of each step.</param>
    internal static void Save(string path, string title, IReadOnlyList<double> losses)
    {
        using var plot = new Plot();
        plot.Add.Signal(losses.ToArray());
        plot.Title(title);
        plot.XLabel("optimiser step");
        plot.YLabel("loss per token");
        plot.Axes.SetLimitsY(0, losses.Max());
        plot.SavePng(path, Width, Height);
    }
}
