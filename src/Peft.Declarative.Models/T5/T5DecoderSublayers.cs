using Peft.Declarative.Slots;
using TorchSharp.Utils;

namespace Peft.Declarative.Models;

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
