using Peft.Declarative.Slots;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Peft.Declarative.Layers;

/// <summary>
/// Adapters merged into one layer. The base's own parameters are kept beside the merged ones: they are often a view of a file, and
/// giving them back restores the base bit for bit, which subtracting a delta would not.
/// </summary>
internal sealed class MergedWeights(WeightLayer layer)
{
    private readonly List<IMergeable> _parts = [];
    private Parameter? _baseWeight;
    private Parameter? _baseBias;

    internal void Add(IMergeable part)
    {
        if (_parts.Count == 0)
        {
            _baseWeight = layer.OwnsWeight ? layer.BaseWeight : null;
            _baseBias = layer.BaseBias;
        }

        _parts.Add(part);
        Rebuild();
    }

    internal void Remove(IMergeable part)
    {
        if (_parts.Remove(part))
        {
            Rebuild();
        }
    }

    private void Rebuild()
    {
        using IDisposable frozen = no_grad();
        using DisposeScope scope = NewDisposeScope();
        Restore();
        KeepTiedHeads();
        if (_parts.Count == 0)
        {
            return;
        }

        ScalarType type = layer.WeightType;
        Tensor weight = layer.DenseWeight().detach().to(ScalarType.Float32);
        Tensor? bias = layer.BaseBias?.detach().to(ScalarType.Float32);
        foreach (IMergeable part in _parts)
        {
            weight = part.MergeWeight(weight);
            bias = part.MergeBias(bias);
        }

        layer.weight = Keep(weight, type);
        if (bias is not null)
        {
            layer.bias = Keep(bias, layer.BaseBias?.dtype ?? type);
        }
    }

    private void Restore()
    {
        // The merged tensors of the last round are this class's own.
        if (layer.OwnsWeight && !ReferenceEquals(layer.BaseWeight, _baseWeight))
        {
            layer.BaseWeight.Dispose();
        }

        if (layer.BaseBias is { } bias && !ReferenceEquals(bias, _baseBias))
        {
            bias.Dispose();
        }

        layer.bias = _baseBias;
        if (_baseWeight is null)
        {
            layer.DropOwnWeight();
        }
        else
        {
            layer.weight = _baseWeight;
        }
    }

    // A layer trained in full is a layer of its own; the head went on reading the base's weight and still does.
    private void KeepTiedHeads()
    {
        foreach (TiedHead head in (layer as Embedding)?.TiedHeads ?? [])
        {
            if (_parts.Exists(part => part.ReplacesWeight))
            {
                head.weight = _baseWeight!;
            }
            else
            {
                head.DropOwnWeight();
            }
        }
    }

    private static Parameter Keep(Tensor merged, ScalarType type)
    {
        var parameter = new Parameter(merged.to(type, copy: true).contiguous(), requires_grad: false);
        return (Parameter)parameter.DetachFromDisposeScope();
    }
}
