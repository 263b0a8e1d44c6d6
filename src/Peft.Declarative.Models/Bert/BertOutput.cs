namespace Peft.Declarative.Models;

/// <summary>The end of a sublayer: projection, then the norm over its sum with the sublayer's input.</summary>
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

    /// <summary>The sublayer's result [batch, time, hidden].</summary>
    /// <param name="inner">What the projection takes.</param>
    /// <param name="input">The sublayer's input.</param>
    internal Tensor Forward(Tensor inner, Tensor input)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor projected = Dropout.Apply(Project(inner), _dropout, training);
        return SublayerSlot.Join(projected, input, LayerNorm).MoveToOuterDisposeScope();
    }

    /// <summary>Where adapters stand after the sublayer; each sublayer shows it as its <c>adapters</c>.</summary>
    private protected SublayerSlot SublayerSlot { get; }

    private protected abstract Tensor Project(Tensor inner);
}

/// <summary>The end of the attention sublayer.</summary>
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

/// <summary>The end of the feed-forward sublayer.</summary>
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
