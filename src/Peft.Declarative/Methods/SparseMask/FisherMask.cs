using Peft.Declarative.Data;
using Peft.Declarative.Text.Errors;
using static TorchSharp.torch;

namespace Peft.Declarative.Methods.SparseMask;

/// <summary>
/// Chooses the weights that a loss is most sensitive to: the largest mean squared gradients (the empirical Fisher information), over all layers of
/// the adapter together. Sung, Nair, Raffel 2021, arXiv 2111.09839.
/// </summary>
/// <remarks>For the time of the choice it takes two float32 values for every weight of the targets: its gradient and the sum of squares.</remarks>
public static class FisherMask
{
    /// <summary>Chooses on training data, one row at a time, unless the mask is chosen already (by an earlier run or a file).</summary>
    /// <param name="model">The model, with the adapter on it.</param>
    /// <param name="adapter">The adapter.</param>
    /// <param name="data">Its first rows are looked at, as many as the adapter's config says.</param>
    /// <param name="maxLength">Most tokens of a row; longer ones are cut.</param>
    /// <exception cref="PeftException">PEFT404: no row has a label within <paramref name="maxLength"/>.</exception>
    public static void Choose(ITrainable model, Adapter adapter, TrainingData data, int maxLength)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(data);
        var config = (SparseMaskConfig)adapter.Config;
        if (!SparseLinear.Of(adapter).Any(layer => layer.Part.IsChosen))
        {
            Choose(adapter, config.Density, data.Rows.Take(config.Samples).Select(row => Loss(model, row, maxLength)).OfType<Func<Tensor>>());
        }
    }

    /// <summary>Chooses by the gradients of some losses.</summary>
    /// <param name="adapter">The adapter.</param>
    /// <param name="density">Share of the weights that is chosen.</param>
    /// <param name="losses">Each computes the mean loss of one sample.</param>
    internal static void Choose(Adapter adapter, double density, IEnumerable<Func<Tensor>> losses)
    {
        using DisposeScope scope = NewDisposeScope();
        SparseLinear[] layers = [.. SparseLinear.Of(adapter).Select(layer => layer.Part)];
        Tensor[] information = Information(layers, losses);
        long count = (long)(density * information.Sum(layer => layer.numel()));

        // No layer can have more of the chosen ones than there are, so its best ones are enough to find the threshold among.
        Tensor best = cat([.. information.Select(layer => layer.topk((int)Math.Min(count, layer.numel())).values)]).topk((int)count).values;
        Tensor threshold = best.min();
        long ties = count - best.gt(threshold).sum().item<long>();
        foreach ((SparseLinear layer, Tensor values) in layers.Zip(information))
        {
            Tensor equal = values.eq(threshold).nonzero().reshape(-1);
            Tensor taken = equal.narrow(0, 0, Math.Min(ties, equal.numel()));
            ties -= taken.numel();
            layer.Choose(cat([values.gt(threshold).nonzero().reshape(-1), taken]));
        }

        adapter.ForgetTensors();
    }

    private static Tensor[] Information(SparseLinear[] layers, IEnumerable<Func<Tensor>> losses)
    {
        Tensor[] probes = [.. layers.Select(layer => layer.BeginProbe())];
        Tensor[] sums = [.. probes.Select(probe => zeros(probe.numel(), device: probe.device))];
        long samples = 0;
        try
        {
            foreach (Func<Tensor> loss in losses)
            {
                using DisposeScope scope = NewDisposeScope();
                loss().backward();
                foreach ((Tensor probe, Tensor sum) in probes.Zip(sums))
                {
                    Tensor gradient = probe.grad!.reshape(-1).to(ScalarType.Float32);
                    sum.addcmul_(gradient, gradient, 1);
                    probe.grad = null;
                }

                samples++;
            }
        }
        finally
        {
            Array.ForEach(layers, layer => layer.EndProbe());
        }

        return samples > 0 ? sums : throw TrainingErrors.NoLabels(["no row to choose the mask on"]);
    }

    // Null for a row without a label.
    private static Func<Tensor>? Loss(ITrainable model, TrainingRow row, int maxLength)
    {
        using Batch batch = Batch.Of([row], maxLength, model);
        return batch.LabelCount == 0 ? null : () =>
        {
            using Batch again = Batch.Of([row], maxLength, model);
            return model.SumLoss(again.Split(1)[0]) / again.LabelCount;
        };
    }
}
