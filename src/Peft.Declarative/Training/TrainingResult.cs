namespace Peft.Declarative;

/// <summary>What a run did.</summary>
public sealed record TrainingResult
{
    /// <summary>Mean loss of each step, from the first, those before a resumption included.</summary>
    public required IReadOnlyList<double> Losses { get; init; }

    /// <summary>Evaluation losses and the number of steps done before each.</summary>
    public required IReadOnlyList<(long Step, double Loss)> Evaluations { get; init; }

    /// <summary>Optimiser steps done.</summary>
    public long Steps => Losses.Count;

    /// <summary>Steps done when the evaluation loss was least; null without evaluation rows.</summary>
    public long? BestStep { get; init; }

    /// <summary>Least evaluation loss; null without evaluation rows.</summary>
    public double? BestLoss { get; init; }

    /// <summary>Seconds spent in this process, evaluation included.</summary>
    public required double Seconds { get; init; }

    /// <summary>Tokens trained on in this process, padding not counted.</summary>
    public required long Tokens { get; init; }

    /// <summary>
    /// What was noticed and is no error, one paragraph each with its id: a warm-up that is long for the run, rows that were mostly cut, labels that are mostly
    /// ignored, a loss or an adapter that did not change, and the warnings of the data (<see cref="TrainingData.Warnings"/>). Empty if there is nothing to say. <see cref="TrainingPlan.Logger"/> receives the same.
    /// </summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>Whether the run was cancelled before its last step.</summary>
    public bool Cancelled { get; init; }
}
