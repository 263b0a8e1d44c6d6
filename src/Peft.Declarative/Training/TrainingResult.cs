namespace Peft.Declarative;

/// <summary>The result of a run.</summary>
/// <example>
/// <code>
/// TrainingResult result = model.Train(data);
/// Console.WriteLine($"{result.Losses.Count} steps, the last loss was {result.Losses[^1]:F3}");
/// </code>
/// </example>
public sealed record TrainingResult
{
    /// <summary>The mean loss of each step, from the first, including those before the run was resumed.</summary>
    public required IReadOnlyList<double> Losses { get; init; }

    /// <summary>The evaluation losses, and the number of steps done before each.</summary>
    public required IReadOnlyList<(long Step, double Loss)> Evaluations { get; init; }

    /// <summary>The number of optimizer steps done.</summary>
    public long Steps => Losses.Count;

    /// <summary>The number of steps done at the least evaluation loss; <see langword="null"/> without evaluation rows.</summary>
    public long? BestStep { get; init; }

    /// <summary>The least evaluation loss; <see langword="null"/> without evaluation rows.</summary>
    public double? BestLoss { get; init; }

    /// <summary>The duration in this process in seconds, including evaluation.</summary>
    public required double Seconds { get; init; }

    /// <summary>The number of trained tokens in this process, without padding.</summary>
    public required long Tokens { get; init; }

    /// <summary>
    /// The warnings, one paragraph each with its id: a warm-up that is long for the run, rows that were mostly truncated, labels that are mostly
    /// ignored, a loss or an adapter that did not change. Empty if there are none. <see cref="TrainingPlan.Logger"/> receives the same texts.
    /// </summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>Whether the run was cancelled before its last step.</summary>
    public bool Cancelled { get; init; }
}
