using Peft.Declarative.Layers;
using Peft.Declarative.Slots;
using static TorchSharp.torch;

namespace Peft.Declarative.Models;

/// <summary>Sums a text up by its first position: <c>tanh(dense x₀)</c>.</summary>
public sealed class BertPooler : SlotHost
{
    private nn.Module<Tensor, Tensor> _dense;

    internal BertPooler(BertConfig config)
        : base(nameof(BertPooler)) => dense = _dense = new Linear(config.HiddenSize, config.HiddenSize, hasBias: true);

    /// <summary>The projection.</summary>
    [Slot("hidden_size", "hidden_size", Bias = "true")]
    public nn.Module<Tensor, Tensor> dense
    {
        get => _dense;
        set => Fill(ref _dense, value);
    }

    internal Tensor Forward(Tensor hidden)
    {
        using DisposeScope scope = NewDisposeScope();
        return _dense.call(hidden.select(1, 0)).tanh_().MoveToOuterDisposeScope();
    }
}
