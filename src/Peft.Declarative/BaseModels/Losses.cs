using Peft.Declarative.Native;
using static TorchSharp.torch;

namespace Peft.Declarative;

/// <summary>Loss functions that return sums over labels. The caller divides by the number of labels of the whole step.</summary>
public static class Losses
{
    /// <summary>The label of positions that do not enter the loss.</summary>
    public const int Ignored = -100;

    /// <summary>Computes the sum of the cross entropies of next-token predictions.</summary>
    /// <param name="logits">The logits [batch, time, vocabulary]. Position t predicts label t + 1.</param>
    /// <param name="labels">The labels, int64 [batch, time], not shifted. −100 is ignored.</param>
    /// <returns>A float32 scalar.</returns>
    public static Tensor NextTokenSum(Tensor logits, Tensor labels)
    {
        using DisposeScope scope = NewDisposeScope();

        // Shifting the labels instead of the logits avoids a copy of the logits, which are the largest tensor of a step.
        Tensor shifted = full_like(labels, Scalars.Of(Ignored));
        shifted.narrow(1, 0, labels.size(1) - 1).copy_(labels.narrow(1, 1, labels.size(1) - 1));
        return CrossEntropySum(logits, shifted).MoveToOuterDisposeScope();
    }

    /// <summary>Computes the sum of the cross entropies of classes or tokens. The logits at a position predict the label at the same position.</summary>
    /// <param name="logits">The logits […, classes].</param>
    /// <param name="labels">The labels, int64 […]. −100 is ignored.</param>
    /// <returns>A float32 scalar.</returns>
    public static Tensor CrossEntropySum(Tensor logits, Tensor labels)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor scores = logits.reshape(-1, logits.size(-1)).to(ScalarType.Float32);
        return nn.functional.cross_entropy(scores, labels.reshape(-1), ignore_index: Ignored, reduction: nn.Reduction.Sum)
            .MoveToOuterDisposeScope();
    }
}
