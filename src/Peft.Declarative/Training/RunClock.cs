using System.Diagnostics;

namespace Peft.Declarative.Training;

/// <summary>Measures the time and counts the tokens of a run in this process.</summary>
internal sealed class RunClock
{
    private readonly Stopwatch _all = Stopwatch.StartNew();
    private readonly Stopwatch _training = Stopwatch.StartNew();
    private long _steps;

    internal long Tokens { get; private set; }

    internal double Seconds => _all.Elapsed.TotalSeconds;

    internal double TokensPerSecond => Tokens / Math.Max(1e-9, _training.Elapsed.TotalSeconds);

    internal void CountStep(long tokens)
    {
        _steps++;
        Tokens += tokens;
    }

    internal TimeSpan TimeFor(long stepsLeft) => _steps == 0 ? TimeSpan.Zero : _training.Elapsed * ((double)stepsLeft / _steps);

    /// <summary>Runs an action whose time does not count as training.</summary>
    internal T Outside<T>(Func<T> action)
    {
        _training.Stop();
        try
        {
            return action();
        }
        finally
        {
            _training.Start();
        }
    }
}
