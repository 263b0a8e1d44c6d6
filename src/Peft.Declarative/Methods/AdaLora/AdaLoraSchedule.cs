namespace Peft.Declarative.Methods.AdaLora;

/// <summary>The schedule of the number of ranks. Zhang et al. 2023, arXiv 2303.10512, equation 12.</summary>
/// <param name="Initial">The number of ranks of all layers together at the start.</param>
/// <param name="Target">The number of ranks of all layers together at the end.</param>
/// <param name="Warmup">The number of steps before pruning begins.</param>
/// <param name="Final">The number of steps at the end in which the ranks are fixed.</param>
/// <param name="Every">The number of steps between two prunings.</param>
/// <param name="Total">The number of steps of the run.</param>
internal sealed record AdaLoraSchedule(long Initial, long Target, long Warmup, long Final, int Every, long Total)
{
    /// <summary>
    /// The step, counted from 0, after which the ranks are fixed. Without final steps, it is the last one; the reference library then never reaches
    /// it and may end above its target.
    /// </summary>
    internal long LastPruning => Math.Min(Total - Final, Total - 1);

    /// <summary>Whether any rank is pruned.</summary>
    internal bool Prunes => Initial > Target;

    /// <summary>Determines whether ranks are pruned after a step, counted from 0.</summary>
    internal bool PrunesAfter(long step) => Prunes && (step == LastPruning || (step > Warmup && step < LastPruning && step % Every == 0));

    /// <summary>Computes the number of ranks after a step, counted from 0. It decreases cubically from the initial to the target number.</summary>
    internal long Budget(long step)
    {
        if (step >= LastPruning)
        {
            return Target;
        }

        double left = 1 - ((step - Warmup) / (double)(Total - Final - Warmup));
        return step <= Warmup ? Initial : (long)((Initial - Target) * Math.Pow(left, 3) + Target);
    }
}
