using Peft.Declarative.Data;
using Peft.Declarative.Data.Rows;

namespace Peft.Declarative.Training;

/// <summary>Selects the rows of each step. It depends on plan and data alone, so that a run can be resumed at any step.</summary>
internal sealed class BatchSampler(TrainingPlan plan, RowSet rows)
{
    private readonly int _processes = plan.ProcessGroup?.Size ?? 1;
    private readonly int _rowsPerStep = checked(plan.BatchSize * plan.Accumulate * (plan.ProcessGroup?.Size ?? 1));

    internal long StepsPerEpoch => (rows.Count + _rowsPerStep - 1) / _rowsPerStep;

    internal long TotalSteps => StepsPerEpoch * plan.Epochs;

    /// <summary>Gets the epoch, from 1, of the step that ended as number <paramref name="stepsDone"/>.</summary>
    internal int Epoch(long stepsDone) => (int)((Math.Max(1, stepsDone) - 1) / StepsPerEpoch) + 1;

    internal bool EndsEpoch(long stepsDone) => stepsDone % StepsPerEpoch == 0;

    /// <summary>Creates the batches of all remaining steps.</summary>
    internal IEnumerable<Batch> From(long stepsDone, ITrainable model)
    {
        for (long epoch = stepsDone / StepsPerEpoch; epoch < plan.Epochs; epoch++)
        {
            int[] order = plan.GroupByLength
                ? RowOrder.Grouped(rows, _rowsPerStep, plan.Seed, (int)epoch)
                : RowOrder.Shuffled(rows.Count, plan.Seed, (int)epoch);
            int done = (int)(epoch == stepsDone / StepsPerEpoch ? stepsDone % StepsPerEpoch : 0) * _rowsPerStep;
            for (int first = done; first < order.Length; first += _rowsPerStep)
            {
                yield return Of(order.AsSpan(first, Math.Min(_rowsPerStep, order.Length - first)), model);
            }
        }
    }

    // Processes that train together take as many consecutive rows each; if there are fewer rows than processes, some have none.
    private Batch Of(ReadOnlySpan<int> indices, ITrainable model)
    {
        var step = new TrainingRow[indices.Length];
        for (int i = 0; i < step.Length; i++)
        {
            step[i] = rows[indices[i]];
        }

        int rank = plan.ProcessGroup?.Rank ?? 0;
        TrainingRow[] own = step[(int)((long)step.Length * rank / _processes)..(int)((long)step.Length * (rank + 1) / _processes)];
        return Batch.Of(own.Length > 0 ? own : step[..1], plan.MaxLength, model, plan.Packing, _processes == 1 ? null : step, isSpare: own.Length == 0);
    }
}
