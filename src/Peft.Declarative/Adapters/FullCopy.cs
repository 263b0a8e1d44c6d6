using Peft.Declarative.Layers;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Peft.Declarative.Adapters;

/// <summary>A layer trained in full: an adapter's float32 copy stands in for the base's layer, which stays as it is.</summary>
public class FullCopy : AdapterLayer, IMergeable
{
    private readonly WeightLayer _copy;

    /// <summary>Copies a layer.</summary>
    /// <param name="frozen">The layer, or another adapter around it.</param>
    /// <param name="adapter">Name of the adapter that trains the copy.</param>
    public FullCopy(nn.Module<Tensor, Tensor> frozen, string adapter)
        : base(nameof(FullCopy), frozen, adapter)
    {
        _copy = Base.Copy();
        register_module("modules_to_save", _copy);
    }

    WeightLayer? IMergeable.MergeTarget => Base;

    bool IMergeable.ReplacesWeight => true;

    internal override bool IsTarget => false;

    /// <inheritdoc/>
    public override Tensor forward(Tensor input) => Applies ? _copy.call(input) : Frozen.call(input);

    /// <inheritdoc/>
    public override IEnumerable<AdapterTensor> TensorsAt(string path)
    {
        yield return new AdapterTensor($"{AdapterKeys.Model}{path}.{nameof(WeightLayer.weight)}", _copy.weight);
        if (_copy.bias is { } bias)
        {
            yield return new AdapterTensor($"{AdapterKeys.Model}{path}.{nameof(WeightLayer.bias)}", bias);
        }
    }

    Tensor IMergeable.MergeWeight(Tensor weight) => _copy.weight;

    Tensor? IMergeable.MergeBias(Tensor? bias) => _copy.bias;
}
