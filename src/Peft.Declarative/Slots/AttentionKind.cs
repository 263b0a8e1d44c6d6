namespace Peft.Declarative.Slots;

/// <summary>What an attention layer looks at.</summary>
public enum AttentionKind
{
    /// <summary>The text so far: in decoders.</summary>
    Decoder,

    /// <summary>The whole text: in models that only encode.</summary>
    Encoder,

    /// <summary>The whole source: in the encoder of an encoder-decoder.</summary>
    Source,

    /// <summary>The encoded source, from the decoder of an encoder-decoder.</summary>
    Cross,
}
