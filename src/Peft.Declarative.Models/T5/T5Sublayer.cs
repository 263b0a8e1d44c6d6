using Peft.Declarative.BaseModels;
using Peft.Declarative.Layers;
using Peft.Declarative.Slots;
using Peft.Declarative.Slots.Sublayers;

namespace Peft.Declarative.Models;

/// <summary>A sublayer of a block, with a preceding norm and a residual connection: <c>x + f(norm x)</c>.</summary>
public abstract class T5Sublayer : SlotHost
{
    private const string SublayerSlotName = "adapters";

    private readonly double _dropout;

    private protected T5Sublayer(string name, T5Config config, SublayerKind kind)
        : base(name)
    {
        _dropout = config.Dropout;
        layer_norm = new RmsNorm(config.HiddenSize, config.NormEpsilon);
        SublayerSlot = new SublayerSlot(kind, config.HiddenSize, (WeightLayer)layer_norm);
        register_module(SublayerSlotName, SublayerSlot);
        Branch = new ResidualBranch(
            (hidden, context) => Inner(layer_norm.call(hidden), context), () => Last, SublayerSlot, result => Dropout.Apply(result, _dropout, training));
    }

    /// <summary>The norm before the sublayer.</summary>
    [Slot("d_model", Kind = LayerKind.Norm)]
    public nn.Module<Tensor, Tensor> layer_norm { get; set => Fill(ref field, value); }

    internal ResidualBranch Branch { get; }

    /// <summary>The slot for adapters after the sublayer, which derived classes expose as <c>adapters</c>.</summary>
    private protected SublayerSlot SublayerSlot { get; }

    private protected abstract nn.Module<Tensor, Tensor> Last { get; }

    private protected abstract Tensor Inner(Tensor hidden, AttentionContext context);
}

/// <summary>The self-attention sublayer of a block.</summary>
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

    private protected override nn.Module<Tensor, Tensor> Last => SelfAttention.o;

    private protected override Tensor Inner(Tensor hidden, AttentionContext context) => SelfAttention.Self(hidden, context);
}

/// <summary>The cross-attention sublayer of a decoder block.</summary>
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

    /// <summary>Adapters after cross-attention.</summary>
    [Sublayer(SublayerKind.CrossAttention, "d_model")]
    public SublayerSlot adapters => SublayerSlot;

    private protected override nn.Module<Tensor, Tensor> Last => EncDecAttention.o;

    private protected override Tensor Inner(Tensor hidden, AttentionContext context) => EncDecAttention.Cross(hidden, context);
}

/// <summary>The feed-forward sublayer of a block.</summary>
public sealed class T5LayerFeedForward : T5Sublayer
{
    internal T5LayerFeedForward(T5Config config)
        : base(nameof(T5LayerFeedForward), config, SublayerKind.FeedForward)
    {
        DenseReluDense = new T5FeedForward(config);
        register_module(nameof(DenseReluDense), DenseReluDense);
    }

    /// <summary>The network. Its checkpoint name is that of the first T5, regardless of the activation.</summary>
    public T5FeedForward DenseReluDense { get; }

    /// <summary>Adapters after the feed-forward network.</summary>
    [Sublayer(SublayerKind.FeedForward, "d_model")]
    public SublayerSlot adapters => SublayerSlot;

    private protected override nn.Module<Tensor, Tensor> Last => DenseReluDense.wo;

    private protected override Tensor Inner(Tensor hidden, AttentionContext context) => DenseReluDense.Inner(hidden);
}
