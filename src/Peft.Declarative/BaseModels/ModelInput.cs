using Peft.Declarative.BaseModels;
using static TorchSharp.torch;

namespace Peft.Declarative;

/// <summary>The input of one forward pass of a causal language model.</summary>
/// <param name="InputIds">The token ids, int64 [batch, time].</param>
/// <example>
/// A batch of two texts, where the first one is padded on the left:
/// <code>
/// using Tensor ids = torch.tensor(new long[,] { { 0, 0, 17 }, { 5, 8, 13 } });
/// using Tensor mask = torch.tensor(new long[,] { { 0, 0, 1 }, { 1, 1, 1 } });
/// using Tensor positions = torch.tensor(new long[,] { { 0, 0, 0 }, { 0, 1, 2 } });
/// using Tensor logits = model.Logits(new ModelInput(ids) { AttentionMask = mask, PositionIds = positions });
/// </code>
/// </example>
public sealed record ModelInput(Tensor InputIds)
{
    /// <summary>
    /// 1 for tokens, 0 for padding, int64 [batch, cached + time], including cached tokens. <see langword="null"/> (the default) if there is no padding, or
    /// if all padding is on the right, where the tokens of a causal model do not see it.
    /// </summary>
    public Tensor? AttentionMask { get; init; }

    /// <summary>
    /// The positions of the tokens, int64 [batch, time], not counting virtual tokens. The default is consecutive positions from the number of cached tokens
    /// on, regardless of padding.
    /// </summary>
    public Tensor? PositionIds { get; init; }

    /// <summary>
    /// The number of the text to which each token belongs, int64 [batch, time]. A token sees only its own text. <see langword="null"/> (the default) if each
    /// row is one text. It cannot be combined with <see cref="Cache"/> or with virtual tokens.
    /// </summary>
    public Tensor? SegmentIds { get; init; }

    /// <inheritdoc cref="MicroBatch.TextLengths"/>
    internal IReadOnlyList<int[]>? TextLengths { get; init; }

    /// <summary>
    /// The keys and values of earlier tokens, to which the forward pass appends those of <see cref="InputIds"/>. <see langword="null"/> (the default) uses
    /// no cache.
    /// </summary>
    public KeyValueCache? Cache { get; init; }

    /// <summary>
    /// The name of the adapter of each row, or <see langword="null"/> for rows of the base model. The adapters need not be active. <see langword="null"/> (the
    /// default) applies the active adapters to all rows.
    /// </summary>
    /// <example>
    /// <code>
    /// using Tensor logits = model.Logits(new ModelInput(ids) { Adapters = ["captain", "pip", null] });
    /// </code>
    /// </example>
    public IReadOnlyList<string?>? Adapters { get; init; }

    /// <summary>
    /// The task of each row, for adapters that have learned several: from 0 to their number of tasks − 1. <see langword="null"/> for rows whose adapter has no
    /// tasks, or only one. Rows of the base model ignore theirs, so that the same batch can be computed without adapters. Unless <see cref="Adapters"/> names
    /// the adapter of each row, only one may be active. The default is <see langword="null"/>, no tasks.
    /// </summary>
    /// <example>
    /// <code>
    /// using Tensor logits = model.Logits(new ModelInput(ids) { TaskIds = [0, 2, 1] });
    /// </code>
    /// </example>
    public IReadOnlyList<int?>? TaskIds { get; init; }

    /// <summary>Whether to compute the logits of the last position only. The default is <see langword="false"/>.</summary>
    public bool LastOnly { get; init; }
}
