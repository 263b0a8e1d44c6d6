using Peft.Declarative.Layers;
using Peft.Declarative.Slots;

namespace Peft.Declarative.Models;

/// <summary>The pooler, which computes one vector for a text from its first position: <c>tanh(dense x₀)</c>.</summary>
public sealed class BertPooler : SlotHost
{
    internal BertPooler(BertConfig config)
        : base(nameof(BertPooler)) => dense = new Linear(config.HiddenSize, config.HiddenSize, hasBias: true);

    /// <summary>The projection.</summary>
    [Slot("hidden_size", "hidden_size", Bias = "true")]
    public nn.Module<Tensor, Tensor> dense { get; set => Fill(ref field, value); }

    internal Tensor Forward(Tensor hidden)
    {
        using DisposeScope scope = NewDisposeScope();
        return dense.call(hidden.select(1, 0)).tanh_().MoveToOuterDisposeScope();
    }
}
