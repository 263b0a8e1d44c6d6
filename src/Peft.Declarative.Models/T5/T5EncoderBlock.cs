using Peft.Declarative.BaseModels;
using Peft.Declarative.Slots;
using static TorchSharp.torch;

namespace Peft.Declarative.Models;

/// <summary>One block of the encoder.</summary>
public sealed class T5EncoderBlock : SlotHost
{
    internal T5EncoderBlock(T5Config config, int index)
        : base(nameof(T5EncoderBlock))
    {
        layer = new T5EncoderSublayers(config, index);
        register_module(nameof(layer), layer);
    }

    /// <summary>The block's parts.</summary>
    public T5EncoderSublayers layer { get; }

    internal Tensor Forward(Tensor hidden, AttentionContext context)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor attended = layer.Attention.Forward(hidden, context);
        return layer.FeedForward.Forward(attended, context).MoveToOuterDisposeScope();
    }
}
