using Peft.Declarative.Data;
using Peft.Declarative.Data.Rows;
using Peft.Declarative.Native;
using static TorchSharp.torch;

namespace Peft.Declarative.Training;

/// <summary>Evaluates a model on rows without changing it.</summary>
public static class Evaluation
{
    /// <summary>Computes the mean loss over the labels of all rows, with dropout off.</summary>
    /// <param name="model">The model.</param>
    /// <param name="rows">The rows, at least one, each with a label that enters the loss.</param>
    /// <param name="batchSize">The number of rows per forward pass, at least 1.</param>
    /// <param name="maxLength">The maximum number of tokens of a row; longer ones are truncated.</param>
    /// <param name="training">Whether the model is in training mode afterwards. The default is <see langword="false"/>.</param>
    /// <param name="cancellation">Ends the evaluation.</param>
    /// <returns>The loss; <see langword="null"/> after cancellation.</returns>
    /// <exception cref="PeftException">
    /// PEFT601: there are no rows. PEFT404: a row has no label within <paramref name="maxLength"/>. PEFT604: the rows do not fit the model.
    /// </exception>
    public static double? MeanLoss(
        ITrainable model, IReadOnlyList<TrainingRow> rows, int batchSize, int maxLength,
        bool training = false, CancellationToken cancellation = default)
    {
        if (rows.Count == 0)
        {
            throw DataErrors.NoRowsGiven();
        }

        RowFit.Check(RowSet.Of(rows), model, maxLength);
        RowCheck.Labels(RowSet.Of(rows), maxLength, model);
        using IDisposable quiet = no_grad();
        using DisposeScope outer = NewDisposeScope();
        Tensor sum = zeros([], dtype: ScalarType.Float64, device: model.Device);
        long labels = 0;

        model.train(false);
        try
        {
            using var feed = new BatchFeed(rows.Chunk(batchSize).Select(part => Batch.Of(part, maxLength, model)));
            while (feed.TryNext(cancellation, out Batch? batch))
            {
                using (batch)
                using (NewDisposeScope())
                {
                    sum.add_(model.SumLoss(batch.Split(1)[0]), Scalars.One);
                    labels += batch.LabelCount;
                }
            }
        }
        finally
        {
            model.train(training);
        }

        return cancellation.IsCancellationRequested ? null : sum.item<double>() / labels;
    }
}
