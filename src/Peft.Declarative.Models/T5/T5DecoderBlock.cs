using TorchSharp.Utils;

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

/// <summary>The parts of a decoder's block, which have numbers for checkpoint names.</summary>
public sealed class T5DecoderSublayers : SlotHost
{
    internal T5DecoderSublayers(T5Config config, int index)
        : base(nameof(T5DecoderSublayers))
    {
        Attention = new T5LayerSelfAttention(config, index, AttentionKind.Decoder);
        register_module("0", Attention);
        CrossAttention = new T5LayerCrossAttention(config, index);
        register_module("1", CrossAttention);
        FeedForward = new T5LayerFeedForward(config);
        register_module("2", FeedForward);
    }

    /// <summary>Attention to the target's own tokens.</summary>
    [ComponentName(Name = "0")]
    public T5LayerSelfAttention Attention { get; }

    /// <summary>Attention to the encoded source.</summary>
    [ComponentName(Name = "1")]
    public T5LayerCrossAttention CrossAttention { get; }

    /// <summary>Feed-forward network.</summary>
    [ComponentName(Name = "2")]
    public T5LayerFeedForward FeedForward { get; }
}
