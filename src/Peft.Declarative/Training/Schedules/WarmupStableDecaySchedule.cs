namespace Peft.Declarative.Training.Schedules;

/// <summary>Rises, stays at the peak, then falls along a cosine and stays at its end (Hu et al., 2024, arXiv:2404.06395).</summary>
/// <param name="WarmupSteps">Steps during which the rate rises from zero.</param>
/// <param name="StableSteps">Steps at the peak.</param>
/// <param name="DecaySteps">Steps of the fall.</param>
/// <param name="MinimumFactor">Rate at the end as a share of the peak; 0 unless set.</param>
/// <param name="Cycles">Waves during the fall; 0.5 (one fall) unless set.</param>
public sealed record WarmupStableDecaySchedule(
    long WarmupSteps, long StableSteps, long DecaySteps, double MinimumFactor = 0.0, double Cycles = 0.5) : ILearningRateSchedule
{
    /// <inheritdoc/>
    public double Factor(long step)
    {
        long falling = step - WarmupSteps - StableSteps;
        if (step < WarmupSteps)
        {
            return Warmup.Rise(step, WarmupSteps);
        }

        if (falling < 0)
        {
            return 1.0;
        }

        return falling >= DecaySteps
            ? MinimumFactor
            : MinimumFactor + (1.0 - MinimumFactor) * Warmup.Cosine((double)falling / Math.Max(1, DecaySteps), Cycles);
    }
}
