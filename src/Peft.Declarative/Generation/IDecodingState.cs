using static TorchSharp.torch;

namespace Peft.Declarative.Generation;

/// <summary>A model with what it remembers of the rows that it continues.</summary>
internal interface IDecodingState : IDisposable
{
    /// <summary>0 on padding [rows, length]; null if rows have none.</summary>
    Tensor? Mask(int length);

    /// <summary>
    /// Runs what has not been run yet, all of it without a cache. Gives the hidden states that were computed, [rows, new positions, hidden].
    /// </summary>
    /// <param name="ids">All rows so far [rows, length].</param>
    Tensor HiddenStates(Tensor ids);

    /// <summary>Logits [rows, positions, vocabulary] of hidden states.</summary>
    Tensor LogitsOf(Tensor hidden);

    /// <summary>Takes rows anew: each from the old row of this index, int64 [rows].</summary>
    void Reorder(Tensor rows);
}
