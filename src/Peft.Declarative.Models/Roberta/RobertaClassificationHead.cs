using Peft.Declarative.Layers;
using Peft.Declarative.Slots;
using static TorchSharp.torch;

namespace Peft.Declarative.Models;

/// <summary>Sums a text up by its first position and classifies it: <c>out_proj(tanh(dense x₀))</c>.</summary>
public sealed class RobertaClassificationHead : SlotHost
{
    private readonly double _dropout;
    private nn.Module<Tensor, Tensor> _dense;
    private nn.Module<Tensor, Tensor> _output;

    internal RobertaClassificationHead(BertConfig config)
        : base(nameof(RobertaClassificationHead))
    {
        _dropout = config.HeadDropout;
        dense = _dense = new Linear(config.HiddenSize, config.HiddenSize, hasBias: true);
        out_proj = _output = new Linear(config.HiddenSize, config.ClassNames.Count, hasBias: true, LayerKind.Head);
    }

    /// <summary>First projection.</summary>
    [Slot("hidden_size", "hidden_size", Bias = "true")]
    public nn.Module<Tensor, Tensor> dense
    {
        get => _dense;
        set => Fill(ref _dense, value);
    }

    /// <summary>Projection to logits.</summary>
    [Slot("num_labels", "hidden_size", Kind = LayerKind.Head, Bias = "true")]
    public nn.Module<Tensor, Tensor> out_proj
    {
        get => _output;
        set => Fill(ref _output, value);
    }

    internal Tensor Forward(Tensor hidden)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor first = Dropout.Apply(hidden.select(1, 0), _dropout, training);
        Tensor summed = Dropout.Apply(_dense.call(first).tanh_(), _dropout, training);
        return _output.call(summed).MoveToOuterDisposeScope();
    }
}
