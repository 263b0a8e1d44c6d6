using Peft.Declarative.Data;
using Peft.Declarative.Training;
using static TorchSharp.torch;

namespace Peft.Declarative.Tests.Training;

/// <summary>The loop that the generator writes, and rows for it.</summary>
internal static class TrainingLoop
{
    internal static TrainingResult Train(
        ITrainable model, TrainingPlan plan, TrainingData data, IProgress<TrainingProgress>? progress = null, CancellationToken cancellation = default)
    {
        using TrainingRun run = TrainingRun.Start(model, plan, data, progress);

        foreach (Batch batch in run.Batches(cancellation))
        {
            using DisposeScope step = NewDisposeScope();

            foreach (MicroBatch micro in batch.Split(plan.Accumulate))
            {
                run.Backward(model.SumLoss(micro) / batch.LabelCount);
            }

            run.ClipGradients(maxNorm: 1.0);
            run.Step();
            run.Report();

            if (run.EvaluationDue)
            {
                run.Evaluate();
            }
        }

        return run.Finish();
    }

    /// <summary>Rows of different lengths in which each id is followed by the next one, every third with an ignored start.</summary>
    internal static TrainingRow[] Rows(int count, int seed = 3)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(i => Row(random, i))];
    }

    private static TrainingRow Row(Random random, int number)
    {
        int start = random.Next(TinyTrainable.Vocabulary);
        int[] ids = [.. Enumerable.Range(0, random.Next(3, 9)).Select(i => (start + i) % TinyTrainable.Vocabulary)];
        return number % 3 == 0 ? TrainingRow.OfCompletion(ids[..2], ids[2..]) : TrainingRow.OfText(ids);
    }
}
