using Peft.Declarative.BaseModels;
using Peft.Declarative.Slots;
using TorchSharp.Utils;

namespace Peft.Declarative.Models;

/// <summary>A block of the encoder.</summary>
public sealed class T5EncoderBlock : SlotHost
{
    internal T5EncoderBlock(T5Config config, int index)
        : base(nameof(T5EncoderBlock))
    {
        layer = new T5EncoderSublayers(config, index);
        register_module(nameof(layer), layer);
        Branches = [layer.Attention.Branch, layer.FeedForward.Branch];
    }

    /// <summary>The sublayers of the block.</summary>
    public T5EncoderSublayers layer { get; }

    internal IReadOnlyList<ResidualBranch> Branches { get; }
}

/// <summary>The sublayers of an encoder block. Their checkpoint names are numbers.</summary>
public sealed class T5EncoderSublayers : SlotHost
{
    internal T5EncoderSublayers(T5Config config, int index)
        : base(nameof(T5EncoderSublayers))
    {
        Attention = new T5LayerSelfAttention(config, index, AttentionKind.Source);
        register_module("0", Attention);
        FeedForward = new T5LayerFeedForward(config);
        register_module("1", FeedForward);
    }

    /// <summary>Self-attention.</summary>
    [ComponentName(Name = "0")]
    public T5LayerSelfAttention Attention { get; }

    /// <summary>Feed-forward network.</summary>
    [ComponentName(Name = "1")]
    public T5LayerFeedForward FeedForward { get; }
}
