using Peft.Declarative.Layers;
using Peft.Declarative.Slots.Sublayers;
using static TorchSharp.torch;

namespace Peft.Declarative.Models;

/// <summary>The end of the attention sublayer.</summary>
public sealed class BertSelfOutput : BertOutput
{
    private nn.Module<Tensor, Tensor> _dense;

    internal BertSelfOutput(BertConfig config)
        : base(nameof(BertSelfOutput), config, SublayerKind.Attention) => dense = _dense = new Linear(config.HiddenSize, config.HiddenSize, hasBias: true);

    /// <summary>Output projection.</summary>
    [Slot("hidden_size", "hidden_size", Bias = "true")]
    public nn.Module<Tensor, Tensor> dense
    {
        get => _dense;
        set => Fill(ref _dense, value);
    }

    /// <summary>Adapters after attention.</summary>
    [Sublayer(SublayerKind.Attention, "hidden_size")]
    public SublayerSlot adapters => SublayerSlot;

    private protected override Tensor Project(Tensor inner) => _dense.call(inner);
}
