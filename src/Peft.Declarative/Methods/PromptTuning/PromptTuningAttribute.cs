namespace Peft.Declarative;

/// <summary>
/// Prompt tuning: <paramref name="tokens"/> virtual tokens [tokens, hidden] are prepended to the embedded input of every row.
/// Lester, Al-Rfou, Constant 2021, arXiv 2104.08691.
/// </summary>
/// <param name="tokens">Number of learned vectors; 20 to 100 in practice. Must be at least 1. They count towards the context length.</param>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = true, Inherited = false)]
public sealed class PromptTuningAttribute(int tokens) : AdapterAttribute
{
    /// <summary>Number of learned vectors.</summary>
    public int Tokens { get; } = tokens;

    /// <summary>How the vectors start; drawn from the normal distribution unless set.</summary>
    public PromptInit Init { get; init; }

    /// <summary>Text whose token embeddings start the prompt, cut or repeated to <see cref="Tokens"/>; needed by <see cref="PromptInit.Text"/>.</summary>
    public string? InitText { get; init; }

    /// <summary>Directory with the tokenizer for <see cref="InitText"/>; the base model's directory unless set.</summary>
    public string? Tokenizer { get; init; }
}

/// <summary>How the vectors of a soft prompt start.</summary>
public enum PromptInit
{
    /// <summary>Drawn from the standard normal distribution.</summary>
    Random,

    /// <summary>Embeddings of tokens drawn uniformly from the vocabulary.</summary>
    SampleVocabulary,

    /// <summary>Embeddings of a text's tokens; helps small models most.</summary>
    Text,
}
