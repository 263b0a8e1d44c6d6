using static TorchSharp.torch;

namespace Peft.Declarative.Training;

/// <summary>What training makes small.</summary>
public static class Losses
{
    /// <summary>Label of places from which nothing is learnt.</summary>
    public const long Ignored = -100;

    /// <summary>Sum over all labels of the cross entropy of predicting each from the place before it, in float32.</summary>
    /// <param name="logits">[rows, time, vocabulary].</param>
    /// <param name="labels">int64 [rows, time]; <see cref="Ignored"/> where nothing is to be learnt.</param>
    public static Tensor NextTokenSum(Tensor logits, Tensor labels)
    {
        using DisposeScope scope = NewDisposeScope();
        long time = logits.size(1) - 1;
        Tensor predictions = logits.narrow(1, 0, time).reshape(-1, logits.size(2)).to(ScalarType.Float32);
        Tensor targets = labels.narrow(1, 1, time).reshape(-1);
        return nn.functional.cross_entropy(predictions, targets, ignore_index: Ignored, reduction: nn.Reduction.Sum).MoveToOuterDisposeScope();
    }
}
