using static TorchSharp.torch;

namespace Peft.Declarative;

/// <summary>Rows that pass through the model together, padded on the right to one length.</summary>
public sealed class MicroBatch
{
    /// <summary>Takes tensors over.</summary>
    /// <param name="inputIds">Token ids, int64 [rows, time].</param>
    /// <param name="labels">Ids to predict, int64 [rows, time]; −100 where nothing is to be learnt.</param>
    public MicroBatch(Tensor inputIds, Tensor labels)
    {
        InputIds = inputIds;
        Labels = labels;
    }

    /// <summary>Token ids, int64 [rows, time].</summary>
    public Tensor InputIds { get; }

    /// <summary>Ids to predict, int64 [rows, time]; −100 where nothing is to be learnt. The label of a place is predicted from the place before it.</summary>
    public Tensor Labels { get; }

    /// <summary>Class of each row, int64 [rows], −100 for a row that is left out; null but for models that tell classes.</summary>
    public Tensor? ClassLabels { get; init; }

    /// <summary>What the decoder of an encoder-decoder reads while it learns the labels, int64 [rows, time]; null for other models.</summary>
    public Tensor? DecoderIds { get; init; }

    /// <summary>1 for tokens, 0 for padding, int64 [rows, time]; null if padding is on the right only, where a causal model cannot see it.</summary>
    public Tensor? AttentionMask { get; init; }

    /// <summary>Positions of the tokens where several texts share a row, int64 [rows, time], from 0 in each text; null where a row is one text.</summary>
    public Tensor? PositionIds { get; init; }

    /// <summary>
    /// For each token a number of the text that it belongs to, int64 [rows, time], where several share a row: none may see another. Null where a row is one
    /// text.
    /// </summary>
    public Tensor? SegmentIds { get; init; }

    /// <summary>
    /// Places row · time + t of the labels that enter the loss, int64; null if most places have one or it is not known. The head then works on
    /// these places only.
    /// </summary>
    public Tensor? LabelIndices { get; init; }
}
