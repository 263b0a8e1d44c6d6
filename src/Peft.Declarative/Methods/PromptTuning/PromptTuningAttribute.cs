namespace Peft.Declarative;

/// <summary>
/// Prompt tuning: <paramref name="tokens"/> virtual tokens [tokens, hidden] are prepended to the embedded input of every row.
/// Lester, Al-Rfou, Constant 2021, arXiv 2104.08691.
/// </summary>
/// <param name="tokens">The number of virtual tokens, at least 1; 20 to 100 in practice. They count towards the context length.</param>
/// <example>
/// <code>
/// [PromptTuning(tokens: 20)]
/// public sealed partial class Persona : LlamaForCausalLM;
/// </code>
/// </example>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = true, Inherited = false)]
public sealed class PromptTuningAttribute(int tokens) : AdapterAttribute
{
    /// <summary>The number of virtual tokens.</summary>
    public int Tokens { get; } = tokens;

    /// <summary>The initialization of the virtual tokens. The default is the standard normal distribution.</summary>
    public PromptInit Init { get; init; }

    /// <summary>
    /// The text whose token embeddings initialize the prompt, truncated or repeated to <see cref="Tokens"/>. Required by <see
    /// cref="PromptInit.Text"/>.
    /// </summary>
    public string? InitText { get; init; }

    /// <summary>The directory of the tokenizer for <see cref="InitText"/>. The default is the base model's directory.</summary>
    public string? Tokenizer { get; init; }
}

/// <summary>The initialization of a soft prompt.</summary>
public enum PromptInit
{
    /// <summary>The standard normal distribution.</summary>
    Random,

    /// <summary>The embeddings of random tokens of the vocabulary.</summary>
    SampleVocabulary,

    /// <summary>The embeddings of a text's tokens. Helps small models most.</summary>
    Text,
}
