namespace Peft.Declarative.Training.Schedules;

/// <summary>Falls with the square root of the steps done, without a last step (Zhai et al., 2021, arXiv:2106.04560).</summary>
/// <param name="WarmupSteps">Steps during which the rate rises from zero.</param>
/// <param name="Timescale">Steps after which the rate starts to fall noticeably; the warm-up unless set, 10,000 if that is 0.</param>
public sealed record InverseSquareRootSchedule(long WarmupSteps, long? Timescale = null) : ILearningRateSchedule
{
    /// <inheritdoc/>
    public double Factor(long step)
    {
        if (step < WarmupSteps)
        {
            return Warmup.Rise(step, WarmupSteps);
        }

        double timescale = Timescale ?? (WarmupSteps == 0 ? 10_000 : WarmupSteps);
        return 1.0 / Math.Sqrt((step - WarmupSteps + timescale) / timescale);
    }
}
