namespace Peft.Declarative;

/// <summary>
/// Prefix tuning: in every attention layer, <paramref name="tokens"/> learned keys and values [tokens, key-value heads · head width] are prepended to
/// those of the text. The text begins after them. Li, Liang 2021, arXiv 2101.00190.
/// </summary>
/// <param name="tokens">Number of learned keys in each layer; 10 (tables to text) to 200 (summaries). Must be at least 1. They count towards the context length.</param>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = true, Inherited = false)]
public sealed class PrefixTuningAttribute(int tokens) : AdapterAttribute
{
    /// <summary>Number of learned keys in each layer.</summary>
    public int Tokens { get; } = tokens;

    /// <summary>
    /// Whether a small network makes the keys and values of all layers from one vector per token, and is trained instead of them: steadier, and what
    /// the paper does. Off unless set, as in the reference library.
    /// </summary>
    public bool Projection { get; init; }

    /// <summary>Width inside that network; the width of a layer's keys unless set. 512 to 800 in the paper. Must be at least 1.</summary>
    public int ProjectionHidden { get; init; }

    /// <summary>Where the prefix is relative to the text; before it unless set.</summary>
    public PrefixPlacement Placement { get; init; }

    /// <summary>Whether each attention layer has a learned gate that opens and closes its prefix for each row; only with <see cref="PrefixPlacement.Beside"/>.</summary>
    public bool Gated { get; init; }

    /// <summary>How the keys and values start without a projection; drawn from the standard normal distribution unless set.</summary>
    public PrefixInit Init { get; init; }
}

/// <summary>How the keys and values of a prefix start.</summary>
public enum PrefixInit
{
    /// <summary>Drawn from the standard normal distribution.</summary>
    Random,

    /// <summary>Zeros: every query gives the prefix the same weight, and it adds nothing to what attention reads.</summary>
    Zero,
}

/// <summary>Where a prefix is relative to the text. Both are in use, and their files are of two libraries.</summary>
public enum PrefixPlacement
{
    /// <summary>
    /// At the first positions, as if its tokens had been read before the text: the text begins after it. One key for each key-value head; in an
    /// encoder-decoder, only the decoder's self-attention has it. Hugging Face PEFT's.
    /// </summary>
    Before,

    /// <summary>
    /// Beside the text, which keeps its positions: every query sees the whole prefix. One key for each head of the queries; in an encoder-decoder,
    /// every attention has one. Can be gated. AdapterHub's, whose files hold the projection.
    /// </summary>
    Beside,
}
