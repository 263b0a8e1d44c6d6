namespace Peft.Declarative;

/// <summary>The options for reading training data from files.</summary>
/// <example>
/// <code>
/// TrainingData data = TrainingData.FromFile("rows.jsonl", model, tokenizer, options: new DataOptions { SkipBadRows = true });
/// </code>
/// </example>
public sealed record DataOptions
{
    /// <summary>Formats rows with <c>messages</c>. The default is <see langword="null"/>: the tokenizer's default chat template.</summary>
    public ChatFormat? Chat { get; init; }

    /// <summary>
    /// Whether <c>prompt</c> and <c>completion</c> are the user's and the assistant's turn of a conversation. The default is <see langword="false"/>:
    /// they are plain text.
    /// </summary>
    public bool PromptsAsChat { get; init; }

    /// <summary>
    /// Whether rows that cannot be used are skipped and listed in <see cref="TrainingData.Skipped"/>. The default is <see langword="false"/>: they
    /// are an error.
    /// </summary>
    public bool SkipBadRows { get; init; }
}
