using Peft.Declarative.Layers;
using Peft.Declarative.Slots.Sublayers;
using static TorchSharp.torch;

namespace Peft.Declarative.Models;

/// <summary>The end of the feed-forward sublayer.</summary>
public sealed class BertLayerOutput : BertOutput
{
    private nn.Module<Tensor, Tensor> _dense;

    internal BertLayerOutput(BertConfig config)
        : base(nameof(BertLayerOutput), config, SublayerKind.FeedForward) => dense = _dense = new Linear(config.IntermediateSize, config.HiddenSize, hasBias: true);

    /// <summary>Output projection.</summary>
    [Slot("hidden_size", "intermediate_size", Bias = "true")]
    public nn.Module<Tensor, Tensor> dense
    {
        get => _dense;
        set => Fill(ref _dense, value);
    }

    /// <summary>Adapters after the feed-forward network.</summary>
    [Sublayer(SublayerKind.FeedForward, "hidden_size")]
    public SublayerSlot adapters => SublayerSlot;

    private protected override Tensor Project(Tensor inner) => _dense.call(inner);
}
