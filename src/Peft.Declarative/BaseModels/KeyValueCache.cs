using Peft.Declarative.Slots;
using static TorchSharp.torch;

namespace Peft.Declarative.BaseModels;

/// <summary>
/// Keys and values of earlier tokens, one pair [batch, heads, slots, width] per layer, keys after rotation. Room is taken in steps, so that
/// one more token costs a copy of that token only.
/// </summary>
public sealed class KeyValueCache : IDisposable
{
    private const long Step = 64;

    private readonly Tensor?[] _keys;
    private readonly Tensor?[] _values;
    private readonly long[] _lengths;

    /// <summary>Makes an empty cache.</summary>
    /// <param name="layers">Number of attention layers.</param>
    public KeyValueCache(int layers)
    {
        _keys = new Tensor?[layers];
        _values = new Tensor?[layers];
        _lengths = new long[layers];
    }

    /// <summary>Slots in use: virtual tokens, padding and text alike.</summary>
    public long Length => _lengths[^1];

    /// <summary>What stands before the text.</summary>
    internal VirtualTokenOffsets Before { get; set; }

    /// <summary>Adds a layer's new keys and values and gives all of them, as views that later calls may outgrow.</summary>
    /// <param name="layer">Index of the layer.</param>
    /// <param name="keys">New keys [batch, heads, time, width]; repeated if the first ones had more heads.</param>
    /// <param name="values">New values, same shape.</param>
    public (Tensor Keys, Tensor Values) Append(int layer, Tensor keys, Tensor values)
    {
        if (_keys[layer] is { } stored)
        {
            keys = Attention.RepeatHeads(keys, stored.size(1));
            values = Attention.RepeatHeads(values, stored.size(1));
        }

        long before = _lengths[layer];
        long after = before + keys.size(2);
        _keys[layer] = Write(_keys[layer], keys, before, after);
        _values[layer] = Write(_values[layer], values, before, after);
        _lengths[layer] = after;
        return (_keys[layer]!.narrow(2, 0, after), _values[layer]!.narrow(2, 0, after));
    }

    /// <summary>All keys and values of a layer; null if it has none yet.</summary>
    /// <param name="layer">Index of the layer.</param>
    public (Tensor Keys, Tensor Values)? Stored(int layer) => _keys[layer] is { } keys
        ? (keys.narrow(2, 0, _lengths[layer]), _values[layer]!.narrow(2, 0, _lengths[layer]))
        : null;

    /// <summary>Takes rows in a new order, as beam search does after each step.</summary>
    /// <param name="rows">For each new row the old one it continues, int64 [batch].</param>
    public void Reorder(Tensor rows)
    {
        for (int layer = 0; layer < _keys.Length; layer++)
        {
            _keys[layer] = Select(_keys[layer], rows);
            _values[layer] = Select(_values[layer], rows);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (Tensor? tensor in _keys.Concat(_values))
        {
            tensor?.Dispose();
        }

        Array.Clear(_keys);
        Array.Clear(_values);
    }

    private static Tensor Write(Tensor? store, Tensor fresh, long before, long after)
    {
        if (store is null || store.size(2) < after)
        {
            long room = Math.Max((after + Step - 1) / Step * Step, before + before / 2);
            Tensor larger = empty(fresh.size(0), fresh.size(1), room, fresh.size(3), dtype: fresh.dtype, device: fresh.device)
                .DetachFromDisposeScope();
            if (store is not null)
            {
                using Tensor target = larger.narrow(2, 0, before);
                using Tensor source = store.narrow(2, 0, before);
                target.copy_(source);
                store.Dispose();
            }

            store = larger;
        }

        using Tensor place = store.narrow(2, before, after - before);
        place.copy_(fresh);
        return store;
    }

    private static Tensor? Select(Tensor? store, Tensor rows)
    {
        if (store is null)
        {
            return null;
        }

        Tensor selected = store.index_select(0, rows).DetachFromDisposeScope();
        store.Dispose();
        return selected;
    }
}
