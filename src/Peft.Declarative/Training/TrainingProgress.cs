namespace Peft.Declarative;

/// <summary>Where a run is.</summary>
/// <param name="Step">Optimiser steps done.</param>
/// <param name="TotalSteps">Optimiser steps of the whole run.</param>
/// <param name="Epoch">Present pass over the data, from 1.</param>
/// <param name="Loss">Mean loss over the labels of the last step.</param>
/// <param name="LearningRate">Rate of the last step.</param>
/// <param name="TokensPerSecond">Tokens trained on per second, padding and evaluation not counted.</param>
/// <param name="TimeLeft">Expected time to the end of training.</param>
/// <param name="GradientNorm">2-norm of all gradients of the last step, before clipping.</param>
/// <param name="EvaluationLoss">Mean loss over the labels of the evaluation rows, if this report follows an evaluation.</param>
public sealed record TrainingProgress(
    long Step,
    long TotalSteps,
    int Epoch,
    double Loss,
    double LearningRate,
    double TokensPerSecond,
    TimeSpan TimeLeft,
    double GradientNorm,
    double? EvaluationLoss = null);
