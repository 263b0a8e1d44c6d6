namespace Peft.Declarative.Slots;

/// <summary>The tokens that an attention layer attends to.</summary>
public enum AttentionKind
{
    /// <summary>The preceding tokens: self-attention of a decoder.</summary>
    Decoder,

    /// <summary>All tokens: self-attention of an encoder-only model.</summary>
    Encoder,

    /// <summary>All source tokens: self-attention of the encoder in an encoder-decoder.</summary>
    Source,

    /// <summary>The encoder's output: cross-attention of the decoder in an encoder-decoder.</summary>
    Cross,
}
