using Peft.Declarative.Layers;
using Peft.Declarative.Slots;
using Peft.Declarative.Slots.Sublayers;

namespace Peft.Declarative.Models;

/// <summary>The second half of a sublayer: a projection, and a norm over its sum with the input of the sublayer.</summary>
public abstract class BertOutput : SlotHost
{
    private const string SublayerSlotName = "adapters";

    private readonly double _dropout;

    private protected BertOutput(string name, BertConfig config, SublayerKind kind)
        : base(name)
    {
        _dropout = config.HiddenDropout;
        LayerNorm = new LayerNorm(config.HiddenSize, config.NormEpsilon);
        SublayerSlot = new SublayerSlot(kind, config.HiddenSize, (WeightLayer)LayerNorm);
        register_module(SublayerSlotName, SublayerSlot);
    }

    /// <summary>The norm over the sum.</summary>
    [Slot("hidden_size", Kind = LayerKind.Norm, Bias = "true")]
    public nn.Module<Tensor, Tensor> LayerNorm { get; set => Fill(ref field, value); }

    /// <summary>Computes the output of the sublayer [batch, time, hidden].</summary>
    /// <param name="inner">The input of the projection.</param>
    /// <param name="input">The input of the sublayer [batch, time, hidden].</param>
    internal Tensor Forward(Tensor inner, Tensor input)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor projected = Dropout.Apply(Project(inner), _dropout, training);
        return SublayerSlot.Join(projected, input, LayerNorm).MoveToOuterDisposeScope();
    }

    /// <summary>The slot for adapters after the sublayer, which derived classes expose as <c>adapters</c>.</summary>
    private protected SublayerSlot SublayerSlot { get; }

    private protected abstract Tensor Project(Tensor inner);
}

/// <summary>The second half of the attention sublayer: projection, residual and norm.</summary>
public sealed class BertSelfOutput : BertOutput
{
    internal BertSelfOutput(BertConfig config)
        : base(nameof(BertSelfOutput), config, SublayerKind.Attention) => dense = new Linear(config.HiddenSize, config.HiddenSize, hasBias: true);

    /// <summary>Output projection.</summary>
    [Slot("hidden_size", "hidden_size", Bias = "true")]
    public nn.Module<Tensor, Tensor> dense { get; set => Fill(ref field, value); }

    /// <summary>Adapters after attention.</summary>
    [Sublayer(SublayerKind.Attention, "hidden_size")]
    public SublayerSlot adapters => SublayerSlot;

    private protected override Tensor Project(Tensor inner) => dense.call(inner);
}

/// <summary>The second half of the feed-forward sublayer: projection, residual and norm.</summary>
public sealed class BertLayerOutput : BertOutput
{
    internal BertLayerOutput(BertConfig config)
        : base(nameof(BertLayerOutput), config, SublayerKind.FeedForward) => dense = new Linear(config.IntermediateSize, config.HiddenSize, hasBias: true);

    /// <summary>Output projection.</summary>
    [Slot("hidden_size", "intermediate_size", Bias = "true")]
    public nn.Module<Tensor, Tensor> dense { get; set => Fill(ref field, value); }

    /// <summary>Adapters after the feed-forward network.</summary>
    [Sublayer(SublayerKind.FeedForward, "hidden_size")]
    public SublayerSlot adapters => SublayerSlot;

    private protected override Tensor Project(Tensor inner) => dense.call(inner);
}
