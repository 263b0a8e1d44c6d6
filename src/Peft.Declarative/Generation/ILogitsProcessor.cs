using static TorchSharp.torch;

namespace Peft.Declarative;

/// <summary>A rule that changes the scores of the next token before one is selected.</summary>
public interface ILogitsProcessor
{
    /// <summary>Computes new scores. Neither argument may be changed. Temporary tensors belong to the caller's dispose scope.</summary>
    /// <param name="inputIds">The current ids, including prompt and padding, int64 [rows, length].</param>
    /// <param name="scores">The scores of the next token, float32 [rows, vocabulary].</param>
    /// <returns>The new scores, with the same shape.</returns>
    Tensor Process(Tensor inputIds, Tensor scores);
}
