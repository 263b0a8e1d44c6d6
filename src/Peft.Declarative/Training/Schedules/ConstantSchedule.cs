namespace Peft.Declarative.Training.Schedules;

/// <summary>Stays at the peak, after an optional warm-up.</summary>
/// <param name="WarmupSteps">Steps during which the rate rises from zero; 0 unless set.</param>
public sealed record ConstantSchedule(long WarmupSteps = 0) : ILearningRateSchedule
{
    /// <inheritdoc/>
    public double Factor(long step) => step < WarmupSteps ? Warmup.Rise(step, WarmupSteps) : 1.0;
}
