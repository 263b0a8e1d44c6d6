namespace Peft.Declarative;

/// <summary>How a prefix stands to the text. Both are in use, and their files are of two libraries.</summary>
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
