using Peft.Declarative.BaseModels;
using Peft.Declarative.Slots;
using TorchSharp.Utils;

namespace Peft.Declarative.Models;

/// <summary>A block of the decoder.</summary>
public sealed class T5DecoderBlock : SlotHost
{
    internal T5DecoderBlock(T5Config config, int index)
        : base(nameof(T5DecoderBlock))
    {
        layer = new T5DecoderSublayers(config, index);
        register_module(nameof(layer), layer);
        Branches = [layer.Attention.Branch, layer.CrossAttention.Branch, layer.FeedForward.Branch];
    }

    /// <summary>The sublayers of the block.</summary>
    public T5DecoderSublayers layer { get; }

    internal IReadOnlyList<ResidualBranch> Branches { get; }
}

/// <summary>The sublayers of a decoder block. Their checkpoint names are numbers.</summary>
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

    /// <summary>Self-attention.</summary>
    [ComponentName(Name = "0")]
    public T5LayerSelfAttention Attention { get; }

    /// <summary>Cross-attention to the encoder's output.</summary>
    [ComponentName(Name = "1")]
    public T5LayerCrossAttention CrossAttention { get; }

    /// <summary>Feed-forward network.</summary>
    [ComponentName(Name = "2")]
    public T5LayerFeedForward FeedForward { get; }
}
