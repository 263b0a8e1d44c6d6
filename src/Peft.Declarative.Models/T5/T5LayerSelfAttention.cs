using Peft.Declarative.BaseModels;
using Peft.Declarative.Slots;
using Peft.Declarative.Slots.Sublayers;
using static TorchSharp.torch;

namespace Peft.Declarative.Models;

/// <summary>The part of a block that attends to the text's own tokens.</summary>
public sealed class T5LayerSelfAttention : T5Sublayer
{
    internal T5LayerSelfAttention(T5Config config, int index, AttentionKind kind)
        : base(nameof(T5LayerSelfAttention), config, SublayerKind.Attention)
    {
        SelfAttention = new T5Attention(config, index, kind);
        register_module(nameof(SelfAttention), SelfAttention);
    }

    /// <summary>The attention.</summary>
    public T5Attention SelfAttention { get; }

    /// <summary>Adapters after attention.</summary>
    [Sublayer(SublayerKind.Attention, "d_model")]
    public SublayerSlot adapters => SublayerSlot;

    private protected override Tensor Inner(Tensor hidden, AttentionContext context) => SelfAttention.Self(hidden, context);
}
