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

/// <summary>What declarations and messages call the sublayers.</summary>
internal static class SublayerNames
{
    private static readonly SublayerKind[] Kinds = [SublayerKind.Attention, SublayerKind.CrossAttention, SublayerKind.FeedForward];

    internal static string Of(SublayerKind kind) => kind switch
    {
        SublayerKind.Attention => "attention",
        SublayerKind.CrossAttention => "cross_attention",
        _ => "mlp",
    };

    /// <summary>The sublayer of that name; the feed-forward network for a name that is none.</summary>
    internal static SublayerKind KindOf(string name) => Kinds.Where(kind => Of(kind) == name).DefaultIfEmpty(SublayerKind.FeedForward).First();
}
