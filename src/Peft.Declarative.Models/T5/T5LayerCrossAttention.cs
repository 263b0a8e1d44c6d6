using Peft.Declarative.BaseModels;
using Peft.Declarative.Slots;
using Peft.Declarative.Slots.Sublayers;
using static TorchSharp.torch;

namespace Peft.Declarative.Models;

/// <summary>The part of a decoder's block that attends to the encoded source.</summary>
public sealed class T5LayerCrossAttention : T5Sublayer
{
    internal T5LayerCrossAttention(T5Config config, int index)
        : base(nameof(T5LayerCrossAttention), config, SublayerKind.CrossAttention)
    {
        EncDecAttention = new T5Attention(config, index, AttentionKind.Cross);
        register_module(nameof(EncDecAttention), EncDecAttention);
    }

    /// <summary>The attention.</summary>
    public T5Attention EncDecAttention { get; }

    /// <summary>Adapters after attention to the source.</summary>
    [Sublayer(SublayerKind.CrossAttention, "d_model")]
    public SublayerSlot adapters => SublayerSlot;

    private protected override Tensor Inner(Tensor hidden, AttentionContext context) => EncDecAttention.Cross(hidden, context);
}
