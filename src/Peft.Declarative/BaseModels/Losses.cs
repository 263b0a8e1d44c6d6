using static TorchSharp.torch;

namespace Peft.Declarative;

/// <summary>Losses as sums over labels: the caller divides by the number of labels of the whole step.</summary>
public static class Losses
{
    /// <summary>Label of places that do not enter the loss.</summary>
    public const int Ignored = -100;

    /// <summary>Sum of the cross entropies of all next tokens, in float32.</summary>
    /// <param name="logits">[batch, time, vocabulary]; place t predicts label t + 1.</param>
    /// <param name="labels">int64 [batch, time], not shifted; −100 does not count.</param>
    public static Tensor NextTokenSum(Tensor logits, Tensor labels)
    {
        using DisposeScope scope = NewDisposeScope();

        // Moving the labels instead of the logits saves a copy of the logits, which are the largest tensor of a step.
        Tensor shifted = full_like(labels, Ignored);
        shifted.narrow(1, 0, labels.size(1) - 1).copy_(labels.narrow(1, 1, labels.size(1) - 1));
        return SamePlaceSum(logits, shifted).MoveToOuterDisposeScope();
    }

    /// <summary>Sum of the cross entropies of classes or of tokens, each predicted by the logits at its own place, in float32.</summary>
    /// <param name="logits">[…, classes].</param>
    /// <param name="labels">int64 […]; −100 does not count.</param>
    public static Tensor SamePlaceSum(Tensor logits, Tensor labels)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor scores = logits.reshape(-1, logits.size(-1)).to(ScalarType.Float32);
        return nn.functional.cross_entropy(scores, labels.reshape(-1), ignore_index: Ignored, reduction: nn.Reduction.Sum)
            .MoveToOuterDisposeScope();
    }
}
