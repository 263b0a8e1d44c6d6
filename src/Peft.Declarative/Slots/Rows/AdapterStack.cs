using Peft.Declarative.Layers;
using Peft.Declarative.Slots.Products;
using static TorchSharp.torch;

namespace Peft.Declarative.Slots.Rows;

/// <summary>
/// The adapters around one layer. The outermost one is called, and this class then calls the layer once and only those parts that apply, so that adapters at
/// rest cost nothing, however many there are.
/// </summary>
/// <param name="layer">The layer of the base model.</param>
internal sealed class AdapterStack(WeightLayer layer)
{
    private readonly Dictionary<string, AdapterLayer[]> _byAdapter = new(StringComparer.Ordinal);
    private readonly Dictionary<string, TensorTable> _tables = new(StringComparer.Ordinal);
    private AdapterLayer[] _applied = [];

    /// <summary>The layer of the base model.</summary>
    internal WeightLayer Layer => layer;

    /// <summary>The routing of the model; <see langword="null"/> for layers that are not part of a model.</summary>
    internal RoutingState? Routing { get; private set; }

    /// <summary>The parts of an adapter, innermost first.</summary>
    internal AdapterLayer[] Of(string adapter) => _byAdapter.GetValueOrDefault(adapter) ?? [];

    /// <summary>Takes a part in once it is in its place.</summary>
    internal void Add(AdapterLayer part, RoutingState? routing)
    {
        Routing = routing ?? Routing;
        _byAdapter[part.AdapterName] = [.. Of(part.AdapterName).Append(part).OrderBy(other => other.Depth)];
        Update(part);
    }

    /// <summary>Moves the tensors of a part into the memory that parts of this layer share.</summary>
    /// <returns>Their places, to be freed once the tensors were disposed.</returns>
    internal (TensorTable Table, int Row)[] Store(IEnumerable<Tensor> tensors)
    {
        List<(TensorTable, int)> places = [];
        foreach (Tensor tensor in tensors)
        {
            string key = TensorTable.KeyOf(tensor);
            if (!_tables.TryGetValue(key, out TensorTable? table))
            {
                _tables[key] = table = new TensorTable(tensor);
            }

            places.Add((table, table.Take(tensor)));
        }

        return [.. places];
    }

    /// <summary>Forgets a part that was taken off.</summary>
    internal void Remove(AdapterLayer part)
    {
        AdapterLayer[] left = [.. Of(part.AdapterName).Where(other => other != part)];
        if (left.Length == 0)
        {
            _byAdapter.Remove(part.AdapterName);
        }
        else
        {
            _byAdapter[part.AdapterName] = left;
        }

        if (Array.IndexOf(_applied, part) >= 0)
        {
            _applied = Without(part);
        }
    }

    /// <summary>Follows a part that was activated, deactivated, merged or unmerged.</summary>
    internal void Update(AdapterLayer part)
    {
        if (Array.IndexOf(_applied, part) >= 0 != part.Applies)
        {
            _applied = part.Applies ? With(part) : Without(part);
        }
    }

    // Mostly one adapter is active, with one part here. Its own list is then that of all, so that switching between adapters allocates nothing.
    private AdapterLayer[] With(AdapterLayer part) =>
        _applied.Length == 0 && Of(part.AdapterName) is [var only] own && only == part ? own : [.. _applied.Append(part).OrderBy(other => other.Depth)];

    private AdapterLayer[] Without(AdapterLayer part) => _applied.Length == 1 ? [] : [.. _applied.Except([part])];

    /// <summary>Computes the output of the layer with its adapters.</summary>
    /// <param name="outer">The part that was called.</param>
    /// <param name="input">The input of the layer.</param>
    internal Tensor Run(AdapterLayer outer, Tensor input)
    {
        if (Routing?.Current is { } routing)
        {
            return routing.At(this).Run(input);
        }

        return Through(UpTo(outer), input, layer);
    }

    /// <summary>The parts that apply where a part is called, innermost first; null if that depends on the rows.</summary>
    internal AdapterLayer[]? Applied(AdapterLayer outer) => Routing?.Current is null ? UpTo(outer) : null;

    /// <summary>Computes a layer through parts around it, the innermost one together with the layer where that is possible.</summary>
    internal static Tensor Through(AdapterLayer[] parts, Tensor input, WeightLayer layer) => Through(parts, input, layer.call, layer: layer);

    /// <summary>Computes a layer through parts around it.</summary>
    /// <param name="parts">The parts, innermost first.</param>
    /// <param name="input">The input of the outermost part.</param>
    /// <param name="inner">Computes what the innermost part wraps.</param>
    /// <param name="alone">Whether <paramref name="inner"/> is the base layer without adapters.</param>
    /// <param name="layer">The layer that <paramref name="inner"/> calls; null if that is something else.</param>
    internal static Tensor Through(AdapterLayer[] parts, Tensor input, Func<Tensor, Tensor> inner, bool alone = true, WeightLayer? layer = null)
    {
        if (parts.Length == 0)
        {
            return inner(input);
        }

        // A part that can be computed together with the layer replaces nothing.
        if (layer is not null && parts.Length == 1 && LayerProduct.Of(layer, parts[0], input) is { } product)
        {
            return product.Compute(input);
        }

        using DisposeScope scope = NewDisposeScope();
        Tensor[] inputs = new Tensor[parts.Length];
        Tensor x = input;
        int first = parts.Length;
        Tensor? y = null;
        while (y is null && first > 0)
        {
            AdapterLayer part = parts[--first];
            inputs[first] = x;
            y = part.Replace(x, alone && first == 0) ?? (first == 0 && layer is not null && parts.Length > 1 ? LayerProduct.Of(layer, part, x)?.Compute(x) : null);
            x = y is null ? part.AdaptInput(x) : x;
        }

        first = y is null ? -1 : first;
        y ??= inner(x);
        for (first++; first < parts.Length; first++)
        {
            y = parts[first].AdaptOutput(inputs[first], y);
        }

        return y.MoveToOuterDisposeScope();
    }

    private AdapterLayer[] UpTo(AdapterLayer outer)
    {
        int count = _applied.Length;
        while (count > 0 && _applied[count - 1].Depth > outer.Depth)
        {
            count--;
        }

        return count == _applied.Length ? _applied : _applied[..count];
    }
}
