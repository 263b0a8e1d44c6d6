namespace Peft.Declarative;

/// <summary>
/// Prefix tuning: in every attention layer, <paramref name="tokens"/> trained keys and values [tokens, key-value heads · head width] are prepended to
/// those of the text. The positions of the text follow them. Li, Liang 2021, arXiv 2101.00190.
/// </summary>
/// <param name="tokens">
/// The number of trained keys in each layer, at least 1; 10 (tables to text) to 200 (summaries). They count towards the context length.
/// </param>
/// <example>
/// <code>
/// [PrefixTuning(tokens: 30)]
/// public sealed partial class Persona : LlamaForCausalLM;
/// </code>
/// </example>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = true, Inherited = false)]
public sealed class PrefixTuningAttribute(int tokens) : AdapterAttribute
{
    /// <summary>The number of trained keys in each layer.</summary>
    public int Tokens { get; } = tokens;

    /// <summary>
    /// Whether a small network computes the keys and values of all layers from one vector per token and is trained instead, as in the paper. Training
    /// is more stable. The default is <see langword="false"/>, as in the reference library.
    /// </summary>
    public bool Projection { get; init; }

    /// <summary>The hidden width of that network, at least 1; 512 to 800 in the paper. The default is the width of a layer's keys.</summary>
    public int ProjectionHidden { get; init; }

    /// <summary>The position of the prefix relative to the text. The default is before it.</summary>
    public PrefixPlacement Placement { get; init; }

    /// <summary>
    /// Whether each attention layer has a trained gate that scales its prefix for each row. Requires <see cref="PrefixPlacement.Beside"/>. The
    /// default is <see langword="false"/>.
    /// </summary>
    public bool Gated { get; init; }

    /// <summary>The initialization of the keys and values without a projection. The default is the standard normal distribution.</summary>
    public PrefixInit Init { get; init; }
}

/// <summary>The initialization of the keys and values of a prefix.</summary>
public enum PrefixInit
{
    /// <summary>The standard normal distribution.</summary>
    Random,

    /// <summary>Zeros: every query gives the prefix the same weight, and the prefix adds nothing to the output of attention.</summary>
    Zero,
}

/// <summary>The position of a prefix relative to the text. Two libraries differ in it.</summary>
public enum PrefixPlacement
{
    /// <summary>
    /// At the first positions, as if its tokens preceded the text. There is one key for each key-value head. In an encoder-decoder, only the
    /// decoder's self-attention has a prefix. Used by Hugging Face PEFT.
    /// </summary>
    Before,

    /// <summary>
    /// Beside the text, which keeps its positions: every query sees the whole prefix. There is one key for each query head. In an encoder-decoder,
    /// every attention has a prefix. Can be gated. Used by AdapterHub, whose files contain the projection.
    /// </summary>
    Beside,
}
