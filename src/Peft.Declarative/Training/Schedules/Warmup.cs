namespace Peft.Declarative.Training.Schedules;

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
