using Peft.Declarative.Slots;
using TorchSharp.Utils;

namespace Peft.Declarative.Models;

/// <summary>The parts of an encoder's block, which have numbers for checkpoint names.</summary>
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

    /// <summary>Attention to the text's own tokens.</summary>
    [ComponentName(Name = "0")]
    public T5LayerSelfAttention Attention { get; }

    /// <summary>Feed-forward network.</summary>
    [ComponentName(Name = "1")]
    public T5LayerFeedForward FeedForward { get; }
}
