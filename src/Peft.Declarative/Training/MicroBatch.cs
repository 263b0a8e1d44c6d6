using static TorchSharp.torch;

namespace Peft.Declarative.Training;

/// <summary>Rows that go through the model together. All tensors are int64 [batch, time], padded on the right.</summary>
/// <param name="InputIds">Token ids; 0 where a row has ended.</param>
/// <param name="AttentionMask">1 for tokens, 0 for padding. A causal model needs no mask: no token sees what is to its right.</param>
/// <param name="Labels">The id that counts as right at each place, −100 where none does. Not shifted: place t is predicted from places before t.</param>
public sealed record MicroBatch(Tensor InputIds, Tensor AttentionMask, Tensor Labels)
{
    /// <summary>Whether padding stands on the left instead, where a causal model sees it unless it is masked.</summary>
    public bool PaddedOnTheLeft { get; init; }
}
