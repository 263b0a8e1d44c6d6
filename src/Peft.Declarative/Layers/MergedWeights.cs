using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Peft.Declarative.Layers;

/// <summary>
/// The adapters that are merged into one layer. This class keeps the base parameters, so that unmerging restores the base bit for bit; subtracting a
/// delta would not. The base parameters are often views of a file and use no memory.
/// </summary>
internal sealed class MergedWeights(WeightLayer layer)
{
    private readonly List<IWeightChange> _parts = [];
    private Parameter? _baseWeight;
    private Parameter? _baseBias;

    /// <summary>The base parameters, which the layer does not show while adapters are merged into it.</summary>
    internal IEnumerable<Tensor?> BaseParameters => _parts.Count == 0 ? [] : [_baseWeight, _baseBias];

    internal void Add(IWeightChange part)
    {
        if (_parts.Count == 0)
        {
            _baseWeight = layer.OwnsWeight ? layer.BaseWeight : null;
            _baseBias = layer.BaseBias;
        }

        _parts.Add(part);
        Rebuild();
    }

    internal void Remove(IWeightChange part)
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
        foreach (IWeightChange part in _parts)
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
        // This class owns the merged tensors of the previous merge.
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

    // A part that replaces the weight of an embedding does not change a tied head, which continues to use the base weight.
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

/// <summary>Changes the weight and bias of a layer, as an adapter that is merged into it does.</summary>
internal interface IWeightChange
{
    /// <summary>Whether merging replaces the weight. A head that is tied to the layer then continues to use the base weight.</summary>
    bool ReplacesWeight => false;

    /// <summary>The merged weight. <paramref name="weight"/> is float32 in the layer's own layout and is not modified.</summary>
    Tensor MergeWeight(Tensor weight);

    /// <summary>The merged bias; <see langword="null"/> if the layer has no bias.</summary>
    Tensor? MergeBias(Tensor? bias);
}
