namespace Peft.Declarative.Training.Schedules;

/// <summary>Falls in a straight line to zero at the last step, and stays there.</summary>
/// <param name="WarmupSteps">Steps during which the rate rises from zero.</param>
/// <param name="TotalSteps">Optimiser steps of the whole run, warm-up included.</param>
public sealed record LinearSchedule(long WarmupSteps, long TotalSteps) : ILearningRateSchedule
{
    /// <inheritdoc/>
    public double Factor(long step) => step < WarmupSteps
        ? Warmup.Rise(step, WarmupSteps)
        : Math.Max(0.0, (double)(TotalSteps - step) / Math.Max(1, TotalSteps - WarmupSteps));
}
