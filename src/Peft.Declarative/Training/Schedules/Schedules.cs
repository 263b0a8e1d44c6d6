namespace Peft.Declarative.Training.Schedules;

/// <summary>Course of the learning rate: a factor on the peak rate for each optimiser step.</summary>
public interface ILearningRateSchedule
{
    /// <summary>Factor that multiplies the peak learning rate.</summary>
    /// <param name="step">Optimiser steps done before this one: 0 for the first. With a warm-up the first factor is 0.</param>
    double Factor(long step);
}

/// <summary>Stays at the peak, after an optional warm-up.</summary>
/// <param name="WarmupSteps">Steps during which the rate rises from zero; 0 unless set.</param>
public sealed record ConstantSchedule(long WarmupSteps = 0) : ILearningRateSchedule
{
    /// <inheritdoc/>
    public double Factor(long step) => step < WarmupSteps ? Warmup.Rise(step, WarmupSteps) : 1.0;
}

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

/// <summary>The rise and the progress that all schedules share.</summary>
internal static class Warmup
{
    /// <summary>Straight rise from 0 at step 0 to 1 at step <paramref name="warmup"/>.</summary>
    internal static double Rise(long step, long warmup) => (double)step / Math.Max(1, warmup);

    /// <summary>Share done of the steps that follow the warm-up; more than 1 after the last of them.</summary>
    internal static double Progress(long step, long warmup, long total) => (double)(step - warmup) / Math.Max(1, total - warmup);

    /// <summary>Height of a cosine that starts at 1: <paramref name="cycles"/> whole waves over a progress of 1, so 0.5 falls to 0.</summary>
    internal static double Cosine(double progress, double cycles) => 0.5 * (1.0 + Math.Cos(2.0 * Math.PI * cycles * progress));
}
