using Peft.Declarative.Layers;
using Peft.Declarative.Native;
using static TorchSharp.torch;

namespace Peft.Declarative.BaseModels;

/// <summary>The cross entropy of a softmax and its gradient in one go: the probabilities are computed once, and become the gradient in place.</summary>
internal static unsafe class SoftmaxLoss
{
    /// <summary>Computes the sum of the losses, a float32 scalar, and the gradient of the logits [rows, classes] in float32.</summary>
    /// <param name="logits">The logits [rows, classes], which require no gradient.</param>
    /// <param name="targets">The labels, int64 [rows]. −100 is ignored.</param>
    internal static (Tensor Loss, Tensor Gradient) WithGradient(Tensor logits, Tensor targets)
    {
        using IDisposable untracked = no_grad();
        using DisposeScope scope = NewDisposeScope();
        Tensor scores = logits.to(ScalarType.Float32);
        (Tensor loss, Tensor gradient) = Fits(scores, targets) ? ByRows(scores, targets) : ByOperators(scores, targets);
        return (loss.MoveToOuterDisposeScope(), gradient.MoveToOuterDisposeScope());
    }

    // The operators refuse a label that is no class, and labels of another type or number; a kernel would write to memory that belongs to something else.
    private static bool Fits(Tensor scores, Tensor targets)
    {
        if (!RowKernel.Fits(scores) || !RowKernel.Fits(targets, ScalarType.Int64) || scores.dim() != 2 || targets.numel() != scores.size(0))
        {
            return false;
        }

        long classes = scores.size(1);
        foreach (long label in new ReadOnlySpan<long>(RawTensor.Address(targets), (int)targets.numel()))
        {
            if (label != Losses.Ignored && (ulong)label >= (ulong)classes)
            {
                return false;
            }
        }

        return true;
    }

    private static (Tensor Loss, Tensor Gradient) ByRows(Tensor scores, Tensor targets)
    {
        int classes = (int)scores.size(1);
        Tensor gradient = empty_like(scores);
        Tensor losses = scores.new_empty([scores.size(0)], dtype: ScalarType.Float64);
        float* from = RowKernel.Pointer(scores);
        float* to = RowKernel.Pointer(gradient);
        var labels = (long*)RawTensor.Address(targets);
        var sums = (double*)RawTensor.Address(losses);
        BlockRange.Run(scores.numel(), classes, (first, end) =>
        {
            for (long row = first; row < end; row++)
            {
                sums[row] = SoftmaxLossKernel.Row(from + (row * classes), classes, labels[row], to + (row * classes));
            }
        });
        return (losses.sum().to(ScalarType.Float32), gradient);
    }

    private static (Tensor Loss, Tensor Gradient) ByOperators(Tensor scores, Tensor targets)
    {
        Tensor column = targets.unsqueeze(1);
        Tensor counted = column.ne(Scalars.Of(Losses.Ignored)).to(ScalarType.Float32);
        Tensor classes = column.clamp_min(Scalars.Of(0));

        // log Σ eˢ = max s − log p of that class, which never underflows as the probability of the label can.
        Tensor probabilities = scores.softmax(-1);
        Tensor logSum = scores.amax([1], keepdim: true).sub_(probabilities.amax([1], keepdim: true).log_());
        Tensor loss = logSum.sub_(scores.gather(1, classes)).mul_(counted).sum();
        return (loss, probabilities.scatter_add_(1, classes, counted.neg()).mul_(counted));
    }
}
