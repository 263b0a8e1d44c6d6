using Peft.Declarative.Native;
using static TorchSharp.torch;

namespace Peft.Declarative.BaseModels;

/// <summary>Pairs labels with the hidden states that predict them.</summary>
internal static class LabelledRows
{
    /// <summary>
    /// The hidden states [rows, hidden] and the labels [rows] that they predict, each that of the next position. If <see cref="MicroBatch.LabelIndices"/> is
    /// set, only positions with a label are included.
    /// </summary>
    /// <param name="hidden">The hidden states [batch, virtual tokens + time, hidden].</param>
    /// <param name="micro">The text [batch, time].</param>
    /// <param name="virtualTokens">The number of virtual tokens before the text. The last one predicts the first token of the text.</param>
    internal static (Tensor Hidden, Tensor Targets) Before(Tensor hidden, MicroBatch micro, int virtualTokens)
    {
        using DisposeScope scope = NewDisposeScope();
        long time = micro.Labels.size(1);
        if (micro.LabelIndices is { } indices)
        {
            // The label at index b · time + t is predicted by the hidden state at index b · (virtualTokens + time) + virtualTokens + t − 1.
            Tensor rows = indices.div(Scalars.Of(time), RoundingMode.floor);
            Tensor predictors = indices.add(rows, Scalars.Of(virtualTokens)).add(Scalars.Of(virtualTokens - 1), Scalars.One);
            return (
                hidden.flatten(0, 1).index_select(0, predictors).MoveToOuterDisposeScope(),
                micro.Labels.flatten().index_select(0, indices).MoveToOuterDisposeScope());
        }

        int skipped = virtualTokens == 0 ? 1 : 0;   // without virtual tokens, the first token of a text is not predicted
        Tensor before = hidden.narrow(1, Math.Max(0, virtualTokens - 1), time - skipped);
        Tensor labels = micro.Labels.narrow(1, skipped, time - skipped);
        return (before.flatten(0, 1).MoveToOuterDisposeScope(), labels.flatten().MoveToOuterDisposeScope());
    }

    /// <summary>The same where each hidden state predicts the label of its own position.</summary>
    /// <param name="hidden">The hidden states [batch, time, hidden].</param>
    /// <param name="micro">The labels [batch, time].</param>
    internal static (Tensor Hidden, Tensor Targets) At(Tensor hidden, MicroBatch micro)
    {
        using DisposeScope scope = NewDisposeScope();
        (Tensor states, Tensor labels) = (hidden.flatten(0, 1), micro.Labels.flatten());
        if (micro.LabelIndices is { } indices)
        {
            (states, labels) = (states.index_select(0, indices), labels.index_select(0, indices));
        }

        return (states.MoveToOuterDisposeScope(), labels.MoveToOuterDisposeScope());
    }
}
