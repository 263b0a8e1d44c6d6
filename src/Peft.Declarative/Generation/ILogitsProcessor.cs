using static TorchSharp.torch;

namespace Peft.Declarative;

/// <summary>A rule that changes the scores of the next token before one is chosen.</summary>
public interface ILogitsProcessor
{
    /// <summary>New scores. Neither argument may be changed; temporary tensors belong to the caller's dispose scope.</summary>
    /// <param name="inputIds">Ids so far, prompt and padding included, int64 [rows, length].</param>
    /// <param name="scores">Scores of the next token, float32 [rows, vocabulary].</param>
    Tensor Process(Tensor inputIds, Tensor scores);
}
