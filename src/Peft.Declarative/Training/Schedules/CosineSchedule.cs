namespace Peft.Declarative.Training.Schedules;

/// <summary>Follows a cosine, to zero at the last step with the default half wave (Loshchilov and Hutter, 2016, arXiv:1608.03983).</summary>
/// <param name="WarmupSteps">Steps during which the rate rises from zero.</param>
/// <param name="TotalSteps">Optimiser steps of the whole run, warm-up included.</param>
/// <param name="Cycles">Waves until the last step; with other values than 0.5 the rate rises again, also after the last step.</param>
public sealed record CosineSchedule(long WarmupSteps, long TotalSteps, double Cycles = 0.5) : ILearningRateSchedule
{
    /// <inheritdoc/>
    public double Factor(long step) => step < WarmupSteps
        ? Warmup.Rise(step, WarmupSteps)
        : Math.Max(0.0, Warmup.Cosine(Warmup.Progress(step, WarmupSteps, TotalSteps), Cycles));
}
