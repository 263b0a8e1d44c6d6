using Peft.Declarative.Slots.Rows;
using static TorchSharp.torch;

namespace Peft.Declarative.BaseModels;

/// <summary>
/// The keys and values of earlier tokens: one pair of tensors [batch, heads, keys, width] per layer. Keys are stored after the rotary embedding. Memory
/// is allocated in advance, so that adding a token copies only that token.
/// </summary>
/// <example>
/// <code>
/// using var cache = new KeyValueCache(model.Config.LayerCount);
/// using Tensor prompt = model.Logits(new ModelInput(promptIds) { Cache = cache, LastOnly = true });
/// using Tensor next = model.Logits(new ModelInput(nextIds) { Cache = cache, LastOnly = true });   // computes the new token only
/// </code>
/// </example>
public sealed class KeyValueCache : IDisposable
{
    private const long Step = 64;

    private readonly Tensor?[] _keys;
    private readonly Tensor?[] _values;
    private readonly long[] _lengths;

    /// <summary>Creates an empty cache.</summary>
    /// <param name="layers">The number of attention layers.</param>
    public KeyValueCache(int layers)
    {
        _keys = new Tensor?[layers];
        _values = new Tensor?[layers];
        _lengths = new long[layers];
    }

    /// <summary>The number of cached keys per layer, including virtual tokens, prefixes and padding.</summary>
    public long Length => _lengths[^1];

    /// <summary>The keys and positions before the text, which the first pass determines.</summary>
    internal RowOffsets Before
    {
        get;
        set
        {
            if (!ReferenceEquals(field, value))
            {
                field.Dispose();
                field = value.Kept();
            }
        }
    } = RowOffsets.None;

    /// <summary>The adapters of the rows in the first pass; <see langword="null"/> if their names were not given.</summary>
    internal IReadOnlyList<string?>? Adapters { get; set; }

    /// <summary>Appends the new keys and values of a layer and returns all keys and values of the layer.</summary>
    /// <param name="layer">The index of the layer.</param>
    /// <param name="keys">The new keys [batch, heads, time, width]. If the cached keys have more heads, the new ones are repeated.</param>
    /// <param name="values">The new values, of the same shape.</param>
    /// <returns>Views [batch, heads, keys, width] that are valid until the next call for the layer.</returns>
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

    /// <summary>Gets all keys and values of a layer; <see langword="null"/> if the layer has none yet.</summary>
    /// <param name="layer">The index of the layer.</param>
    public (Tensor Keys, Tensor Values)? Stored(int layer) => _keys[layer] is { } keys
        ? (keys.narrow(2, 0, _lengths[layer]), _values[layer]!.narrow(2, 0, _lengths[layer]))
        : null;

    /// <summary>Selects rows in a new order, as beam search requires after each step.</summary>
    /// <param name="rows">The index of the old row for each new row, int64 [batch].</param>
    public void Reorder(Tensor rows)
    {
        Before.Reorder(rows);
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
        Before.Dispose();
    }

    private static Tensor Write(Tensor? store, Tensor added, long before, long after)
    {
        if (store is null || store.size(2) < after)
        {
            long capacity = Math.Max((after + Step - 1) / Step * Step, before + before / 2);
            Tensor larger = empty(added.size(0), added.size(1), capacity, added.size(3), dtype: added.dtype, device: added.device)
                .DetachFromDisposeScope();
            if (store is not null)
            {
                using Tensor start = larger.narrow(2, 0, before);
                using Tensor source = store.narrow(2, 0, before);
                start.copy_(source);
                store.Dispose();
            }

            store = larger;
        }

        using Tensor target = store.narrow(2, before, after - before);
        target.copy_(added);
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
