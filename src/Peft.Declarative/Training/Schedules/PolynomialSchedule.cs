namespace Peft.Declarative.Training.Schedules;

/// <summary>Falls as a power of the steps that are left, and stays at its end.</summary>
/// <param name="WarmupSteps">Steps during which the rate rises from zero.</param>
/// <param name="TotalSteps">Optimiser steps of the whole run, warm-up included.</param>
/// <param name="EndFactor">Last rate as a share of the peak; for an absolute rate pass rate / peak.</param>
/// <param name="Power">1 (the default) is a straight line, more falls earlier.</param>
public sealed record PolynomialSchedule(long WarmupSteps, long TotalSteps, double EndFactor = 0.0, double Power = 1.0) : ILearningRateSchedule
{
    /// <inheritdoc/>
    public double Factor(long step)
    {
        if (step < WarmupSteps)
        {
            return Warmup.Rise(step, WarmupSteps);
        }

        double left = Math.Max(0.0, 1.0 - Warmup.Progress(step, WarmupSteps, TotalSteps));
        return EndFactor + (1.0 - EndFactor) * Math.Pow(left, Power);
    }
}
