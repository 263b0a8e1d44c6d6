using Peft.Declarative.BaseModels;
using Peft.Declarative.Slots;
using static TorchSharp.torch;

namespace Peft.Declarative.Models;

/// <summary>One block of the decoder.</summary>
public sealed class T5DecoderBlock : SlotHost
{
    internal T5DecoderBlock(T5Config config, int index)
        : base(nameof(T5DecoderBlock))
    {
        layer = new T5DecoderSublayers(config, index);
        register_module(nameof(layer), layer);
    }

    /// <summary>The block's parts.</summary>
    public T5DecoderSublayers layer { get; }

    internal Tensor Forward(Tensor hidden, AttentionContext context)
    {
        using DisposeScope scope = NewDisposeScope();
        hidden = layer.Attention.Forward(hidden, context);
        hidden = layer.CrossAttention.Forward(hidden, context);
        return layer.FeedForward.Forward(hidden, context).MoveToOuterDisposeScope();
    }
}
