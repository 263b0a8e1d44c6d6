namespace Peft.Declarative;

/// <summary>How rows of files become training rows, where the usual way is not wanted.</summary>
public sealed record DataOptions
{
    /// <summary>Writes out rows with <c>messages</c>; the tokenizer's default chat template unless set.</summary>
    public ChatFormat? Chat { get; init; }

    /// <summary>
    /// Whether <c>prompt</c> and <c>completion</c> are the user's and the assistant's turn of a conversation; no unless set, which takes them as plain text.
    /// </summary>
    public bool PromptsAsChat { get; init; }

    /// <summary>Whether rows that cannot be used are left out and told in <see cref="TrainingData.Skipped"/>; no unless set, which makes them an error.</summary>
    public bool SkipBadRows { get; init; }
}
