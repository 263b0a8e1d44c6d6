namespace Peft.Declarative.Training.Schedules;

/// <summary>Falls to zero along half a cosine several times, jumping back to the peak between (arXiv:1608.03983). Zero after the last step.</summary>
/// <param name="WarmupSteps">Steps during which the rate rises from zero.</param>
/// <param name="TotalSteps">Optimiser steps of the whole run, warm-up included.</param>
/// <param name="Cycles">Number of falls; 1 unless set.</param>
public sealed record CosineWithRestartsSchedule(long WarmupSteps, long TotalSteps, int Cycles = 1) : ILearningRateSchedule
{
    /// <inheritdoc/>
    public double Factor(long step)
    {
        if (step < WarmupSteps)
        {
            return Warmup.Rise(step, WarmupSteps);
        }

        double progress = Warmup.Progress(step, WarmupSteps, TotalSteps);
        return progress >= 1.0 ? 0.0 : Math.Max(0.0, Warmup.Cosine(Cycles * progress % 1.0, cycles: 0.5));
    }
}
