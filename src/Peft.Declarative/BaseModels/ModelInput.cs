using Peft.Declarative.BaseModels;
using static TorchSharp.torch;

namespace Peft.Declarative;

/// <summary>Input of one forward pass of a causal language model.</summary>
/// <param name="InputIds">Token ids, int64 [batch, time].</param>
public sealed record ModelInput(Tensor InputIds)
{
    /// <summary>
    /// 1 for tokens, 0 for padding, [batch, text so far], cached tokens included; null if nothing is padded, or only on the right, where a
    /// causal model cannot see it from any real token.
    /// </summary>
    public Tensor? AttentionMask { get; init; }

    /// <summary>Positions of the tokens [batch, time], int64, virtual tokens not counted; 0, 1, 2 … whatever the padding unless set.</summary>
    public Tensor? PositionIds { get; init; }

    /// <summary>
    /// For each token a number of the text that it belongs to, int64 [batch, time]; a token sees its own text only. Null (the default) if a row is one
    /// text. Not together with <see cref="Cache"/> or learned tokens before the text.
    /// </summary>
    public Tensor? SegmentIds { get; init; }

    /// <summary>Keys and values of earlier tokens, filled further by this pass.</summary>
    public KeyValueCache? Cache { get; init; }

    /// <summary>Whether only the last position's logits are wanted.</summary>
    public bool LastOnly { get; init; }
}
