using Peft.Declarative.Native;
using static TorchSharp.torch;

namespace Peft.Declarative.Slots.Rows;

/// <summary>
/// Rows of several adapters in one block [adapters, rows per adapter, …], for products of all adapters at once. Adapters with fewer rows than others repeat
/// one; its results are dropped.
/// </summary>
internal sealed class RowBlock : IDisposable
{
    private readonly Tensor? _gather;    // the row of each place of the block; null if the block is the batch
    private readonly Tensor? _scatter;   // the place of each row, by ascending row; null if rows lie so
    private readonly Tensor? _rows;      // the rows, ascending; null if these are all rows
    private readonly int _adapters;

    /// <param name="rows">The rows of each adapter.</param>
    /// <param name="batch">The number of rows of the batch.</param>
    /// <param name="device">The device of the model.</param>
    internal RowBlock(IReadOnlyList<IReadOnlyList<int>> rows, int batch, Device device)
    {
        OfParts = rows;
        _adapters = rows.Count;
        int depth = rows.Max(own => own.Count);
        long[] gather = [.. rows.SelectMany(own => Enumerable.Range(0, depth).Select(i => (long)own[i < own.Count ? i : 0]))];
        (long Row, long Place)[] places =
        [
            .. rows.SelectMany((own, adapter) => own.Select((row, i) => ((long)row, (long)adapter * depth + i))).OrderBy(place => place.Item1),
        ];
        long[] all = [.. Enumerable.Range(0, batch).Select(row => (long)row)];
        using DisposeScope scope = NewDisposeScope();
        _gather = Index(gather, all, device);
        _rows = Index([.. places.Select(place => place.Row)], all, device);
        _scatter = Index([.. places.Select(place => place.Place)], [.. all.Take(gather.Length)], device);
    }

    /// <summary>The rows of each adapter.</summary>
    internal IReadOnlyList<IReadOnlyList<int>> OfParts { get; }

    /// <summary>The rows [adapters, rows per adapter · positions, width] of a tensor [batch, …, width].</summary>
    internal Tensor Gather(Tensor batch)
    {
        Tensor rows = _gather is null ? batch : batch.index_select(0, _gather);
        return rows.reshape(_adapters, -1, batch.size(-1));
    }

    /// <summary>Adds a block of changes [adapters, rows per adapter · positions, width] to the rows of a tensor [batch, …, width].</summary>
    internal Tensor Add(Tensor batch, Tensor changes)
    {
        long[] shape = batch.shape;
        shape[0] = -1;
        Tensor rows = changes.reshape(shape);
        rows = _scatter is null ? rows : rows.index_select(0, _scatter);
        return _rows is null ? batch.add(rows, Scalars.One) : batch.index_add(0, _rows, rows, Scalars.Of(1));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _gather?.Dispose();
        _scatter?.Dispose();
        _rows?.Dispose();
    }

    private static Tensor? Index(long[] index, long[] trivial, Device device) =>
        index.AsSpan().SequenceEqual(trivial) ? null : tensor(index, device: device).DetachFromDisposeScope();
}
