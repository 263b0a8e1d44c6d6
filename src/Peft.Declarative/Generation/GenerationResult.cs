using static TorchSharp.torch;

namespace Peft.Declarative;

/// <summary>The result of generating text. The tensors belong to the caller's dispose scope, or to the caller.</summary>
/// <param name="Sequences">Prompt and text, int64 [prompts × sequences per prompt, length]. Rows that ended early are padded.</param>
/// <param name="PromptLength">The index of the first generated column.</param>
/// <param name="NewLengths">The number of new ids of each row, including the one that ended it, without padding.</param>
/// <example>
/// <code>
/// using GenerationResult result = generator.Run(ids, options: new GenerationOptions { OutputLogProbabilities = true });
/// IReadOnlyList&lt;int&gt; text = result.NewTokens(0);
/// </code>
/// </example>
public sealed record GenerationResult(Tensor Sequences, int PromptLength, IReadOnlyList<int> NewLengths) : IDisposable
{
    /// <summary>The final scores of beam search, best first for each prompt, float32 [rows]; <see langword="null"/> without beams.</summary>
    public Tensor? SequenceScores { get; init; }

    /// <summary>
    /// The log-probabilities of the selected ids after all rules, float32 [rows, new tokens]; <see langword="null"/> if <see
    /// cref="GenerationOptions.OutputLogProbabilities"/> is not set, and with beams.
    /// </summary>
    public Tensor? TokenLogProbabilities { get; init; }

    /// <summary>
    /// The number of passes of the model: one per token, or fewer with <see cref="GenerationOptions.PromptLookupNumTokens"/>; 0 with beams and contrastive search.
    /// </summary>
    public int Passes { get; init; }

    /// <summary>Gets the generated ids of a row, including the one that ended it.</summary>
    /// <param name="row">The index of the row.</param>
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
