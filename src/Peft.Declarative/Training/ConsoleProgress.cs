using System.Diagnostics;
using System.Globalization;

namespace Peft.Declarative.Training;

/// <summary>The default display of a run's progress on a console: one line, updated twice a second.</summary>
/// <param name="output">The console.</param>
/// <param name="width">Gets its width in characters.</param>
/// <param name="first">A line above; <see langword="null"/> (the default) for none.</param>
internal sealed class ConsoleProgress(TextWriter output, Func<int> width, string? first = null) : IProgress<TrainingProgress>, IDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(0.5);

    private readonly Stopwatch _since = Stopwatch.StartNew();
    private bool _shown;

    /// <summary>Creates a display for the console of this process; <see langword="null"/> if its output is redirected.</summary>
    /// <param name="first">Makes the line above.</param>
    internal static ConsoleProgress? IfSeen(Func<string?> first) => Console.IsOutputRedirected ? null : new ConsoleProgress(Console.Out, Width, first());

    public void Report(TrainingProgress value)
    {
        if (_shown && value.Step < value.TotalSteps && value.EvaluationLoss is null && _since.Elapsed < Pause)
        {
            return;
        }

        if (!_shown && first is not null)
        {
            output.WriteLine(first);
        }

        string line = ProgressLine.Of(value);
        int room = Math.Max(1, width() - 1);
        output.Write("\r" + (line.Length > room ? line[..room] : line.PadRight(room)));
        _shown = true;
        _since.Restart();
    }

    /// <summary>Ends the line.</summary>
    public void Dispose()
    {
        if (_shown)
        {
            output.WriteLine();
            _shown = false;
        }
    }

    private static int Width()
    {
        try
        {
            return Console.WindowWidth;
        }
        catch (IOException)
        {
            return 80;
        }
    }
}

/// <summary>Formats a progress report as one line of text.</summary>
internal static class ProgressLine
{
    internal static string Of(TrainingProgress report)
    {
        string step = string.Create(CultureInfo.InvariantCulture, $"step {report.Step}/{report.TotalSteps}  epoch {report.Epoch}  loss {report.Loss:F4}");
        string pace = string.Create(CultureInfo.InvariantCulture, $"rate {report.LearningRate:0.00e+0}  {report.TokensPerSecond:N0} tokens/s");
        string evaluation = report.EvaluationLoss is { } loss ? string.Create(CultureInfo.InvariantCulture, $"  evaluation loss {loss:F4}") : "";
        return $"{step}  {pace}  {report.TimeLeft:hh\\:mm\\:ss} left{evaluation}";
    }
}
