namespace Peft.Declarative.Training.Schedules;

/// <summary>Follows a cosine that ends at a share of the peak instead of zero.</summary>
/// <param name="WarmupSteps">Steps during which the rate rises from zero.</param>
/// <param name="TotalSteps">Optimiser steps of the whole run, warm-up included.</param>
/// <param name="MinimumFactor">Least rate as a share of the peak; for an absolute rate pass rate / peak.</param>
/// <param name="Cycles">Waves until the last step; 0.5 (one fall) unless set.</param>
public sealed record CosineWithMinimumSchedule(long WarmupSteps, long TotalSteps, double MinimumFactor, double Cycles = 0.5)
    : ILearningRateSchedule
{
    /// <inheritdoc/>
    public double Factor(long step)
    {
        if (step < WarmupSteps)
        {
            return Warmup.Rise(step, WarmupSteps);
        }

        double height = Warmup.Cosine(Warmup.Progress(step, WarmupSteps, TotalSteps), Cycles);
        return Math.Max(0.0, MinimumFactor + (1.0 - MinimumFactor) * height);
    }
}
