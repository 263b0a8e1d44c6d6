using Peft.Declarative.Text.Errors;
using static TorchSharp.torch;

namespace Peft.Declarative.Slots.Rows;

/// <summary>What a batch of mixed rows does at one layer: one product of the base for all rows, then for each adapter its own rows only.</summary>
internal sealed class RoutedLayer
{
    private readonly AdapterStack _stack;
    private readonly RowRouting _routing;
    private readonly AdapterLayer[][] _parts;    // of each segment; none for those that are computed in groups
    private readonly List<RowGroup> _groups = [];
    private readonly bool _adaptsInput;
    private readonly bool _separates;            // whether some segment is computed by itself
    private readonly bool _replaced;             // whether no row needs the base's product

    internal RoutedLayer(AdapterStack stack, RowRouting routing)
    {
        (_stack, _routing) = (stack, routing);
        _parts = [.. routing.Segments.Select(segment => segment.Adapter is { } adapter ? stack.Of(adapter) : [])];
        if (!routing.IsUniform)
        {
            Group();
        }

        _separates = _parts.Any(parts => parts.Length > 0);
        _adaptsInput = _parts.Any(parts => parts.Any(part => part.AdaptsInput));
        _replaced = _groups.Count == 0 && _parts.All(parts => parts.Any(part => part.Replaces(alone: parts[0] == part)));
    }

    internal Tensor Run(Tensor input)
    {
        if (_routing.IsUniform)
        {
            return AdapterStack.Through(_parts[0], input, _stack.Layer);
        }

        if (!_separates && _groups.Count == 0)
        {
            return _stack.Layer.call(input);
        }

        using DisposeScope scope = NewDisposeScope();
        Tensor x = Rows(input);
        Tensor y = Separate(x);
        foreach (RowGroup group in _groups)
        {
            y = group.Add(x, y);
        }

        return y.MoveToOuterDisposeScope();
    }

    private Tensor Separate(Tensor x)
    {
        if (!_separates)
        {
            return _stack.Layer.call(x);
        }

        Tensor[] inputs = _routing.Split(x);
        Tensor adapted = !_adaptsInput ? x : _routing.Join([.. inputs.Select((rows, i) => Own(i, () => _parts[i].Reverse().Aggregate(rows, (input, part) => part.AdaptInput(input))))]);
        Tensor[]? outputs = _replaced ? null : _routing.Split(_stack.Layer.call(adapted));
        return _routing.Join([.. inputs.Select((rows, i) => Own(i, () => AdapterStack.Through(_parts[i], rows, _ => outputs![i].alias())))]);
    }

    // A part that has tasks asks for that of its rows.
    private Tensor Own(int segment, Func<Tensor> compute)
    {
        if (_routing.Segments[segment].Task is null)
        {
            return compute();
        }

        using RoutingPass only = _stack.Routing!.Enter(_routing.Only(_routing.Segments[segment]));
        return compute();
    }

    // Positions that are the same in every row come as one row.
    private Tensor Rows(Tensor input)
    {
        int batch = _routing.Names.Count;
        if (input.size(0) == batch)
        {
            return input;
        }

        return input.size(0) == 1
            ? input.expand([batch, .. input.shape.Skip(1)])
            : throw new PeftException(RuleIds.Incompatible,
                $"A layer of the adapters {string.Join(" and ", _routing.Segments.Where((_, i) => _parts[i].Length > 0).Select(segment => $"'{segment.Adapter}'"))} "
                + $"has {input.size(0)} rows of input in a batch of {batch}, so that they cannot be told apart. Adapt layers whose input is the rows of the batch.");
    }

    // Products of a few rows each take longer to begin than to compute, so parts of one shape share one. Those with far more rows than others would fill
    // the others' places with repetitions.
    private void Group()
    {
        var alike = Enumerable.Range(0, _parts.Length)
            .Where(i => _parts[i] is [{ GroupKey: not null }])
            .GroupBy(i => (_parts[i][0].GroupKey, Magnitude: Math.ILogB(_routing.Segments[i].Rows.Count)));
        foreach (var group in alike.Where(group => group.Skip(1).Any()).ToList())
        {
            int[] segments = [.. group];
            RowGroup made = _parts[segments[0]][0].Group([.. segments.Select(i => _parts[i][0])], _routing.Block(segments));
            made.Kept = _routing.Stacks?.At(_stack, group.Key);
            _groups.Add(made);
            Array.ForEach(segments, i => _parts[i] = []);
        }
    }
}
