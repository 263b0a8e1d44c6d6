using static TorchSharp.torch;

namespace Peft.Declarative.BaseModels;

/// <summary>Which hidden state predicts which label.</summary>
internal static class LabelledRows
{
    /// <summary>Hidden states [rows, hidden] and the labels [rows] that they predict; places without a label are left out where they are known.</summary>
    /// <param name="hidden">[batch, learned + time, hidden]; learned tokens stand before the text.</param>
    /// <param name="micro">The text, [batch, time].</param>
    /// <param name="learned">Number of learned tokens; the last of them predicts the first token of the text.</param>
    internal static (Tensor Hidden, Tensor Targets) Of(Tensor hidden, MicroBatch micro, int learned)
    {
        using DisposeScope scope = NewDisposeScope();
        long time = micro.Labels.size(1);
        if (micro.LabelIndices is { } places)
        {
            // A place b · time + t is predicted from b · (learned + time) + learned + t − 1.
            Tensor predictors = learned == 0 ? places - 1 : places + (places.div(time, RoundingMode.floor) * learned) + (learned - 1);
            return (
                hidden.flatten(0, 1).index_select(0, predictors).MoveToOuterDisposeScope(),
                micro.Labels.flatten().index_select(0, places).MoveToOuterDisposeScope());
        }

        int skipped = learned == 0 ? 1 : 0;   // nothing predicts the first token of a text alone
        Tensor before = hidden.narrow(1, Math.Max(0, learned - 1), time - skipped);
        Tensor labels = micro.Labels.narrow(1, skipped, time - skipped);
        return (before.flatten(0, 1).MoveToOuterDisposeScope(), labels.flatten().MoveToOuterDisposeScope());
    }
}
