using Peft.Declarative.Layers;
using Peft.Declarative.Slots;
using static TorchSharp.torch;

namespace Peft.Declarative.Models;

/// <summary>The beginning of the feed-forward sublayer: <c>activation(dense x)</c>.</summary>
public sealed class BertIntermediate : SlotHost
{
    private readonly Func<Tensor, Tensor> _activation;
    private nn.Module<Tensor, Tensor> _dense;

    internal BertIntermediate(BertConfig config)
        : base(nameof(BertIntermediate))
    {
        _activation = Activations.ByName[config.Activation];
        dense = _dense = new Linear(config.HiddenSize, config.IntermediateSize, hasBias: true);
    }

    /// <summary>Up projection.</summary>
    [Slot("intermediate_size", "hidden_size", Bias = "true")]
    public nn.Module<Tensor, Tensor> dense
    {
        get => _dense;
        set => Fill(ref _dense, value);
    }

    internal Tensor Forward(Tensor hidden)
    {
        using DisposeScope scope = NewDisposeScope();
        return _activation(_dense.call(hidden)).MoveToOuterDisposeScope();
    }
}
