using static TorchSharp.torch;

namespace Peft.Declarative;

/// <summary>What was generated. The tensors belong to the caller's dispose scope, or to the caller.</summary>
/// <param name="Sequences">Prompt and text, int64 [prompts × sequences per prompt, length]; rows that ended early are filled up.</param>
/// <param name="PromptLength">First column that was generated.</param>
/// <param name="NewLengths">New ids of each row, the one that ended it included, what fills the row after it not.</param>
public sealed record GenerationResult(Tensor Sequences, int PromptLength, IReadOnlyList<int> NewLengths) : IDisposable
{
    /// <summary>Final scores of beam search, best first for each prompt, float32 [rows]; null otherwise.</summary>
    public Tensor? SequenceScores { get; init; }

    /// <summary>Log-probabilities of the chosen ids after all rules, float32 [rows, new tokens], if they were asked for; not with beams.</summary>
    public Tensor? TokenLogProbabilities { get; init; }

    /// <summary>Ids that were generated for a row, the one that ended it included.</summary>
    /// <param name="row">Index of the row.</param>
    public IReadOnlyList<int> NewTokens(int row)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor fresh = Sequences[row].narrow(0, PromptLength, NewLengths[row]).cpu().contiguous();
        return fresh.numel() == 0 ? [] : [.. fresh.data<long>().Select(id => (int)id)];
    }

    /// <summary>Frees the tensors.</summary>
    public void Dispose()
    {
        Sequences.Dispose();
        SequenceScores?.Dispose();
        TokenLogProbabilities?.Dispose();
    }
}
