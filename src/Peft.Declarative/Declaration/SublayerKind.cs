namespace Peft.Declarative;

/// <summary>The parts of a block that have a residual beside them, after which adapters can stand.</summary>
public enum SublayerKind
{
    /// <summary>Attention to the text's own tokens.</summary>
    Attention,

    /// <summary>Attention to an encoded source.</summary>
    CrossAttention,

    /// <summary>Feed-forward network.</summary>
    FeedForward,
}
