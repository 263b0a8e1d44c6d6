using Peft.Declarative.BaseModels;
using Peft.Declarative.Slots.Sublayers;
using static TorchSharp.torch;

namespace Peft.Declarative.Models;

/// <summary>The part of a block that transforms each token by itself.</summary>
public sealed class T5LayerFeedForward : T5Sublayer
{
    internal T5LayerFeedForward(T5Config config)
        : base(nameof(T5LayerFeedForward), config, SublayerKind.FeedForward)
    {
        DenseReluDense = new T5FeedForward(config);
        register_module(nameof(DenseReluDense), DenseReluDense);
    }

    /// <summary>The network; its checkpoint name is that of the first T5, whatever the activation.</summary>
    public T5FeedForward DenseReluDense { get; }

    /// <summary>Adapters after the feed-forward network.</summary>
    [Sublayer(SublayerKind.FeedForward, "d_model")]
    public SublayerSlot adapters => SublayerSlot;

    private protected override Tensor Inner(Tensor hidden, AttentionContext context) => DenseReluDense.Forward(hidden);
}
