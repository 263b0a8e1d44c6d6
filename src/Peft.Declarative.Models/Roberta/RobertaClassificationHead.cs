using Peft.Declarative.Layers;
using Peft.Declarative.Slots;

namespace Peft.Declarative.Models;

/// <summary>The classification head, which reads the first position: <c>out_proj(tanh(dense x₀))</c>.</summary>
public sealed class RobertaClassificationHead : SlotHost
{
    private readonly double _dropout;

    internal RobertaClassificationHead(BertConfig config)
        : base(nameof(RobertaClassificationHead))
    {
        _dropout = config.HeadDropout;
        dense = new Linear(config.HiddenSize, config.HiddenSize, hasBias: true);
        out_proj = new Linear(config.HiddenSize, config.ClassNames.Count, hasBias: true, LayerKind.Head);
    }

    /// <summary>First projection.</summary>
    [Slot("hidden_size", "hidden_size", Bias = "true")]
    public nn.Module<Tensor, Tensor> dense { get; set => Fill(ref field, value); }

    /// <summary>Projection to logits.</summary>
    [Slot("num_labels", "hidden_size", Kind = LayerKind.Head, Bias = "true")]
    public nn.Module<Tensor, Tensor> out_proj { get; set => Fill(ref field, value); }

    internal Tensor Forward(Tensor hidden)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor first = Dropout.Apply(hidden.select(1, 0), _dropout, training);
        Tensor summed = Dropout.Apply(dense.call(first).tanh_(), _dropout, training);
        return out_proj.call(summed).MoveToOuterDisposeScope();
    }
}
