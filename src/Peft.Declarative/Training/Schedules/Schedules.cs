namespace Peft.Declarative.Training.Schedules;

/// <summary>A learning rate schedule: a factor on the peak learning rate for each optimizer step.</summary>
public interface ILearningRateSchedule
{
    /// <summary>Computes the factor on the peak learning rate.</summary>
    /// <param name="step">The number of optimizer steps before this one: 0 for the first. With a warm-up, the first factor is 0.</param>
    /// <returns>The factor, from 0 to 1 in all schedules of this library.</returns>
    double Factor(long step);
}

/// <summary>Is constant, after an optional warm-up.</summary>
/// <param name="WarmupSteps">The number of steps during which the learning rate increases from zero. The default is 0.</param>
public sealed record ConstantSchedule(long WarmupSteps = 0) : ILearningRateSchedule
{
    /// <inheritdoc/>
    public double Factor(long step) => step < WarmupSteps ? Warmup.Rise(step, WarmupSteps) : 1.0;
}

/// <summary>Decreases linearly to zero at the last step, and stays there.</summary>
/// <param name="WarmupSteps">The number of steps during which the learning rate increases from zero.</param>
/// <param name="TotalSteps">The number of optimizer steps of the whole run, including the warm-up.</param>
public sealed record LinearSchedule(long WarmupSteps, long TotalSteps) : ILearningRateSchedule
{
    /// <inheritdoc/>
    public double Factor(long step) => step < WarmupSteps
        ? Warmup.Rise(step, WarmupSteps)
        : Math.Max(0.0, (double)(TotalSteps - step) / Math.Max(1, TotalSteps - WarmupSteps));
}

/// <summary>Follows a cosine to zero at the last step with the default half wave (Loshchilov and Hutter, 2016, arXiv:1608.03983).</summary>
/// <param name="WarmupSteps">The number of steps during which the learning rate increases from zero.</param>
/// <param name="TotalSteps">The number of optimizer steps of the whole run, including the warm-up.</param>
/// <param name="Cycles">
/// The number of waves until the last step. With values other than 0.5 (the default), it increases again, also after the last step.
/// </param>
public sealed record CosineSchedule(long WarmupSteps, long TotalSteps, double Cycles = 0.5) : ILearningRateSchedule
{
    /// <inheritdoc/>
    public double Factor(long step) => step < WarmupSteps
        ? Warmup.Rise(step, WarmupSteps)
        : Math.Max(0.0, Warmup.Cosine(Warmup.Progress(step, WarmupSteps, TotalSteps), Cycles));
}

/// <summary>Follows a cosine that ends at a fraction of the peak instead of zero.</summary>
/// <param name="WarmupSteps">The number of steps during which the learning rate increases from zero.</param>
/// <param name="TotalSteps">The number of optimizer steps of the whole run, including the warm-up.</param>
/// <param name="MinimumFactor">The minimum learning rate as a fraction of the peak. For an absolute rate, pass rate / peak.</param>
/// <param name="Cycles">The number of waves until the last step. The default is 0.5, a half wave.</param>
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

/// <summary>Decreases to zero along half a cosine several times, with jumps back to the peak (arXiv:1608.03983). Zero after the last step.</summary>
/// <param name="WarmupSteps">The number of steps during which the learning rate increases from zero.</param>
/// <param name="TotalSteps">The number of optimizer steps of the whole run, including the warm-up.</param>
/// <param name="Cycles">The number of decreases, at least 1. The default is 1.</param>
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

/// <summary>Decreases as a power of the remaining steps, and stays at its end.</summary>
/// <param name="WarmupSteps">The number of steps during which the learning rate increases from zero.</param>
/// <param name="TotalSteps">The number of optimizer steps of the whole run, including the warm-up.</param>
/// <param name="EndFactor">The last learning rate as a fraction of the peak. For an absolute rate, pass rate / peak.</param>
/// <param name="Power">The power. 1 (the default) is linear; greater values decrease earlier.</param>
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

/// <summary>Decreases with the square root of the steps done, without a last step (Zhai et al., 2021, arXiv:2106.04560).</summary>
/// <param name="WarmupSteps">The number of steps during which the learning rate increases from zero.</param>
/// <param name="Timescale">
/// The number of steps after which the learning rate decreases noticeably. The default is <see langword="null"/>: the warm-up, or 10,000 if that is
/// 0.
/// </param>
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

/// <summary>Increases, stays at the peak, then decreases along a cosine and stays at its end (Hu et al., 2024, arXiv:2404.06395).</summary>
/// <param name="WarmupSteps">The number of steps during which the learning rate increases from zero.</param>
/// <param name="StableSteps">The number of steps at the peak.</param>
/// <param name="DecaySteps">The number of steps of the decrease.</param>
/// <param name="MinimumFactor">The final learning rate as a fraction of the peak. The default is 0.</param>
/// <param name="Cycles">The number of waves during the decrease. The default is 0.5, a half wave.</param>
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

/// <summary>The warm-up and the progress that all schedules share.</summary>
internal static class Warmup
{
    /// <summary>Increases linearly from 0 at step 0 to 1 at step <paramref name="warmup"/>.</summary>
    internal static double Rise(long step, long warmup) => (double)step / Math.Max(1, warmup);

    /// <summary>Computes the fraction done of the steps after the warm-up; more than 1 after the last of them.</summary>
    internal static double Progress(long step, long warmup, long total) => (double)(step - warmup) / Math.Max(1, total - warmup);

    /// <summary>Computes a cosine that starts at 1: <paramref name="cycles"/> whole waves over a progress of 1, so 0.5 decreases to 0.</summary>
    internal static double Cosine(double progress, double cycles) => 0.5 * (1.0 + Math.Cos(2.0 * Math.PI * cycles * progress));
}
