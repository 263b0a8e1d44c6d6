namespace Peft.Declarative.Slots.Sublayers;

/// <summary>What declarations and messages call the sublayers.</summary>
internal static class SublayerNames
{
    internal static string Of(SublayerKind kind) => kind switch
    {
        SublayerKind.Attention => "attention",
        SublayerKind.CrossAttention => "cross_attention",
        _ => "mlp",
    };
}
