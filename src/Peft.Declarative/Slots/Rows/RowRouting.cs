using Peft.Declarative.Text.Errors;
using static TorchSharp.torch;

namespace Peft.Declarative.Slots.Rows;

/// <summary>
/// The adapter of each row of a batch. It lives as long as the batch: for one forward pass, or for all steps of a generation. Its index tensors are made
/// once, from names on the host, so that no pass waits for the device.
/// </summary>
internal sealed class RowRouting : IDisposable
{
    private readonly Dictionary<AdapterStack, RoutedLayer> _layers = [];
    private readonly Dictionary<string, RowBlock> _blocks = new(StringComparer.Ordinal);
    private readonly Dictionary<RowSegment, RowRouting> _only = new(ReferenceEqualityComparer.Instance);
    private readonly Device? _device;
    private readonly long[] _order = [];
    private readonly long[] _sizes;
    private readonly bool _isSorted;
    private Tensor? _sorting;    // [2, batch]: the row of each place in the order of the segments, and the place of each row

    /// <summary>Creates a routing.</summary>
    /// <param name="names">The name of each row's adapter; <see langword="null"/> for rows of the base model.</param>
    /// <param name="device">The device of the model.</param>
    /// <param name="stacks">
    /// What passes without gradients share of the adapters' tensors, which must then not change, also with routings before and after this one;
    /// <see langword="null"/> (the default) if they share nothing.
    /// </param>
    /// <param name="tasks">The task of each row, <see langword="null"/> for those that have none; <see langword="null"/> (the default) for no row.</param>
    internal RowRouting(IReadOnlyList<string?> names, Device device, StackMemory? stacks = null, IReadOnlyList<int?>? tasks = null)
    {
        (Names, Tasks, _device, Stacks) = ([.. names], tasks is null ? null : [.. tasks], device, stacks);
        stacks?.BeginRouting();
        Segments =
        [
            .. Enumerable.Range(0, names.Count).GroupBy(row => (Name: names[row], Task: tasks?[row]))
                .Select(rows => new RowSegment(rows.Key.Name, [.. rows]) { Task = rows.Key.Task }),
        ];
        _sizes = [.. Segments.Select(segment => (long)segment.Rows.Count)];
        _order = [.. Segments.SelectMany(segment => segment.Rows).Select(row => (long)row)];
        _isSorted = _order.AsSpan().SequenceEqual([.. Enumerable.Range(0, _order.Length).Select(row => (long)row)]);
    }

    private RowRouting(RowSegment only)
    {
        (Names, Segments, _sizes, _isSorted) = ([], [only], [only.Rows.Count], true);
    }

    /// <summary>The name of each row's adapter.</summary>
    internal IReadOnlyList<string?> Names { get; }

    /// <summary>The task of each row; <see langword="null"/> if no row has one.</summary>
    internal IReadOnlyList<int?>? Tasks { get; }

    /// <summary>The rows by adapter and task, in the order of the first row of each.</summary>
    internal IReadOnlyList<RowSegment> Segments { get; }

    /// <summary>Whether all rows, of any number, belong to one adapter and one of its tasks, or all to the base model.</summary>
    internal bool IsUniform => Segments.Count == 1;

    /// <summary>The stacked tensors that are kept from one pass to the next; <see langword="null"/> for none.</summary>
    internal StackMemory? Stacks { get; }

    /// <summary>Refuses a batch of another number of rows.</summary>
    /// <exception cref="PeftException">PEFT202: the numbers differ.</exception>
    internal static void RequireRows(int named, long rows)
    {
        if (named != rows)
        {
            throw new PeftException(RuleIds.OutOfRange,
                $"Adapters are named for {named} rows, but the batch has {rows}. Give each row the name of its adapter, or null for the base model.");
        }
    }

    /// <summary>What this batch does at a layer.</summary>
    internal RoutedLayer At(AdapterStack stack)
    {
        if (!_layers.TryGetValue(stack, out RoutedLayer? layer))
        {
            _layers[stack] = layer = new RoutedLayer(stack, this);
        }

        return layer;
    }

    /// <summary>The routing of a part of the batch whose rows all belong to one segment.</summary>
    internal RowRouting Only(RowSegment segment)
    {
        if (!_only.TryGetValue(segment, out RowRouting? only))
        {
            _only[segment] = only = new RowRouting(segment);
        }

        return only;
    }

    /// <summary>The first segment of an adapter; <see langword="null"/> if it has no row.</summary>
    internal RowSegment? Of(string adapter) => Segments.FirstOrDefault(segment => segment.Adapter == adapter);

    /// <summary>The rows of several segments as one block.</summary>
    internal RowBlock Block(IReadOnlyList<int> segments)
    {
        string key = string.Join(',', segments);
        if (!_blocks.TryGetValue(key, out RowBlock? block))
        {
            _blocks[key] = block = new RowBlock([.. segments.Select(index => Segments[index].Rows)], Names.Count, _device!);
        }

        return block;
    }

    /// <summary>Cuts a tensor [batch, …] into the rows of each segment.</summary>
    internal Tensor[] Split(Tensor rows) => IsUniform ? [rows] : (_isSorted ? rows : rows.index_select(0, Sorting(0))).split(_sizes, 0);

    /// <summary>Puts the rows of the segments back into the order of the batch. The inverse of <see cref="Split"/>.</summary>
    internal Tensor Join(IReadOnlyList<Tensor> segments)
    {
        if (segments.Count == 1)
        {
            return segments[0];
        }

        Tensor rows = cat([.. segments], 0);
        return _isSorted ? rows : rows.index_select(0, Sorting(1));
    }

    /// <summary>Says how many positions of each row only other rows use, at the beginning or at the end.</summary>
    internal void Pad(IReadOnlyList<int> padding, bool atEnd)
    {
        for (int i = 0; i < Segments.Count; i++)
        {
            (Segments[i].PaddingBefore, Segments[i].PaddingAfter) = atEnd ? (0, padding[i]) : (padding[i], 0);
        }
    }

    /// <summary>Says that all rows use all positions.</summary>
    internal void Unpad() => Pad(new int[Segments.Count], atEnd: false);

    /// <summary>Says how many positions before each row's own the encoder's output has.</summary>
    internal void PadSource(Func<RowSegment, int> padding)
    {
        foreach (RowSegment segment in Segments)
        {
            segment.SourcePadding = padding(segment);
        }
    }

    /// <summary>Says whether layers read the encoder's output now.</summary>
    internal void ReadSource(bool reads)
    {
        foreach (RowSegment segment in Segments)
        {
            segment.ReadsSource = reads;
        }
    }

    /// <summary>The names after the rows were selected anew: each from the old row of this index.</summary>
    internal RowRouting Selected(ReadOnlySpan<long> rows)
    {
        string?[] names = new string?[rows.Length];
        int?[]? tasks = Tasks is null ? null : new int?[rows.Length];
        for (int row = 0; row < rows.Length; row++)
        {
            names[row] = Names[(int)rows[row]];
            if (tasks is not null)
            {
                tasks[row] = Tasks![(int)rows[row]];
            }
        }

        return names.SequenceEqual(Names) && tasks?.SequenceEqual(Tasks!) != false ? this : new RowRouting(names, _device!, Stacks, tasks);
    }

    /// <summary>Frees the tensors, without those that are kept for other routings. They are made again if the routing is used again, as it is by a backward pass that repeats blocks.</summary>
    public void Dispose()
    {
        foreach (IDisposable part in _blocks.Values.Concat<IDisposable>(_only.Values))
        {
            part.Dispose();
        }

        _layers.Clear();
        _blocks.Clear();
        _only.Clear();
        _sorting?.Dispose();
        _sorting = null;
    }

    private Tensor Sorting(int direction)
    {
        if (_sorting is null)
        {
            long[] inverse = new long[_order.Length];
            for (int place = 0; place < _order.Length; place++)
            {
                inverse[_order[place]] = place;
            }

            _sorting = tensor([.. _order, .. inverse], [2, _order.Length], device: _device).DetachFromDisposeScope();
        }

        return _sorting.select(0, direction);
    }
}
