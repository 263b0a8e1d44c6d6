using Peft.Declarative.Data;
using Peft.Declarative.Native;
using Peft.Declarative.Text.Errors;
using static TorchSharp.torch;

namespace Peft.Declarative.Methods.SparseMask;

/// <summary>
/// Selects the weights to which a loss is most sensitive: the largest mean squared gradients (the empirical Fisher information), over all layers of
/// the adapter together. Sung, Nair, Raffel 2021, arXiv 2111.09839.
/// </summary>
/// <remarks>The selection needs memory for two float32 values per weight of the targets: its gradient and the sum of squares.</remarks>
public static class FisherMask
{
    /// <summary>Selects weights on training data, one row at a time, unless they are already selected (by an earlier run or a file).</summary>
    /// <param name="model">The model, with the adapter on it.</param>
    /// <param name="adapter">The adapter.</param>
    /// <param name="data">The data. The adapter's config determines how many of its first rows are used.</param>
    /// <param name="maxLength">The maximum number of tokens of a row; longer rows are truncated.</param>
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

    /// <summary>Selects weights by the gradients of losses.</summary>
    /// <param name="adapter">The adapter.</param>
    /// <param name="density">The fraction of the weights to select.</param>
    /// <param name="losses">Functions that compute the mean loss of one sample each.</param>
    internal static void Choose(Adapter adapter, double density, IEnumerable<Func<Tensor>> losses)
    {
        using DisposeScope scope = NewDisposeScope();
        SparseLinear[] layers = [.. SparseLinear.Of(adapter).Select(layer => layer.Part)];
        Tensor[] information = Information(layers, losses);
        long count = (long)(density * information.Sum(layer => layer.numel()));

        // A layer cannot have more selected weights than there are in total, so its largest values are enough to find the threshold.
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
                    sum.addcmul_(gradient, gradient, Scalars.Of(1));
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
            return model.SumLoss(again.Split(1)[0]) / Scalars.Of(again.LabelCount);
        };
    }
}
