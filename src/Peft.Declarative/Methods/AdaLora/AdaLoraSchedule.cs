namespace Peft.Declarative.Methods.AdaLora;

/// <summary>How many ranks are left after each step. Zhang et al. 2023, arXiv 2303.10512, equation 12.</summary>
/// <param name="Initial">Ranks of all layers together at the start.</param>
/// <param name="Target">Ranks of all layers together at the end.</param>
/// <param name="Warmup">Steps before pruning begins.</param>
/// <param name="Final">Steps at the end in which ranks stay.</param>
/// <param name="Every">Steps between two prunings.</param>
/// <param name="Total">Steps of the run.</param>
internal sealed record AdaLoraSchedule(long Initial, long Target, long Warmup, long Final, int Every, long Total)
{
    /// <summary>
    /// The step, counted from 0, after which the ranks stay. Without final steps it is the last one; the reference library then never comes to it
    /// and may end above its target.
    /// </summary>
    internal long LastPruning => Math.Min(Total - Final, Total - 1);

    /// <summary>Whether there is something to prune.</summary>
    internal bool Prunes => Initial > Target;

    /// <summary>Whether ranks are pruned after a step, counted from 0.</summary>
    internal bool PrunesAfter(long step) => Prunes && (step == LastPruning || (step > Warmup && step < LastPruning && step % Every == 0));

    /// <summary>Ranks that are left after a step, counted from 0: falls with the third power from the initial to the target number.</summary>
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
