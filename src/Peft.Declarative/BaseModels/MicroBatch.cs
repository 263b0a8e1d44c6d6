using static TorchSharp.torch;

namespace Peft.Declarative;

/// <summary>Rows that pass through the model together, padded on the right to the same length.</summary>
public sealed class MicroBatch
{
    /// <summary>Creates a micro-batch from its tensors.</summary>
    /// <param name="inputIds">Token ids, int64 [rows, time].</param>
    /// <param name="labels">The ids to predict, int64 [rows, time]; −100 for positions that do not enter the loss.</param>
    public MicroBatch(Tensor inputIds, Tensor labels)
    {
        InputIds = inputIds;
        Labels = labels;
    }

    /// <summary>Token ids, int64 [rows, time].</summary>
    public Tensor InputIds { get; }

    /// <summary>
    /// The ids to predict, int64 [rows, time]; −100 for positions that do not enter the loss. A causal model predicts a label from the preceding position.
    /// </summary>
    public Tensor Labels { get; }

    /// <summary>The class of each row, int64 [rows]; −100 ignores a row. <see langword="null"/> for models that are not classifiers.</summary>
    public Tensor? ClassLabels { get; init; }

    /// <summary>The decoder's input while it learns the labels, int64 [rows, time]. <see langword="null"/> for models without a decoder of their own.</summary>
    public Tensor? DecoderIds { get; init; }

    /// <summary>
    /// 1 for tokens, 0 for padding, int64 [rows, time]. <see langword="null"/> (the default) if all padding is on the right, where a causal model does not
    /// see it.
    /// </summary>
    public Tensor? AttentionMask { get; init; }

    /// <summary>
    /// The positions of the tokens if a row contains several texts, int64 [rows, time]; each text begins at 0. <see langword="null"/> (the default) if each
    /// row is one text.
    /// </summary>
    public Tensor? PositionIds { get; init; }

    /// <summary>
    /// The number of the text to which each token belongs if a row contains several texts, int64 [rows, time]. Tokens do not see other texts.
    /// <see langword="null"/> (the default) if each row is one text.
    /// </summary>
    public Tensor? SegmentIds { get; init; }

    /// <summary>The lengths of the texts of each row, in their order, which <see cref="SegmentIds"/> says too; <see langword="null"/> if the host does not know them.</summary>
    internal IReadOnlyList<int[]>? TextLengths { get; init; }

    /// <summary>
    /// 0 for tokens of the first text of a pair, 1 for those of the second, int64 [rows, time]. <see langword="null"/> (the default) if no row is a pair.
    /// </summary>
    public Tensor? TokenTypeIds { get; init; }

    /// <summary>
    /// The name of the adapter that learns each row, or <see langword="null"/> for rows that teach nothing. <see langword="null"/> (the default): all active
    /// adapters learn all rows.
    /// </summary>
    public IReadOnlyList<string?>? Adapters { get; init; }

    /// <inheritdoc cref="ModelInput.TaskIds"/>
    public IReadOnlyList<int?>? TaskIds { get; init; }

    /// <summary>
    /// The indices row · time + t of the labels that enter the loss, int64. The head then computes only these positions. <see langword="null"/> (the
    /// default) computes all positions, which is appropriate if most of them have a label.
    /// </summary>
    public Tensor? LabelIndices { get; init; }

    /// <summary>The places of each row's labels that enter the loss, on the host; <see langword="null"/> if they are not known there.</summary>
    internal IReadOnlyList<int[]>? LabelPlaces { get; init; }

    /// <summary>The labels of some rows.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="labels">Their labels, int64 [rows, time].</param>
    internal MicroBatch Rows(IReadOnlyList<int> rows, Tensor labels)
    {
        long time = labels.size(1);
        long[]? places = LabelIndices is null || LabelPlaces is null ? null
            : [.. rows.SelectMany((row, i) => LabelPlaces[row].Select(place => (i * time) + place))];
        return new MicroBatch(InputIds, labels) { LabelIndices = places is null ? null : tensor(places, device: labels.device) };
    }
}
