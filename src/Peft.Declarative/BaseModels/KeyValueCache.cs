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
    private readonly CachedLayer[] _layers;

    /// <summary>Creates an empty cache.</summary>
    /// <param name="layers">The number of attention layers.</param>
    public KeyValueCache(int layers) => _layers = [.. Enumerable.Range(0, layers).Select(_ => new CachedLayer())];

    /// <summary>The number of cached keys per layer, including virtual tokens, prefixes and padding.</summary>
    public long Length => _layers[^1].Length;

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

    /// <summary>The tasks of the rows in the first pass; <see langword="null"/> if rows were not told apart.</summary>
    internal IReadOnlyList<int?>? TaskIds { get; set; }

    /// <summary>Appends the new keys and values of a layer and returns all keys and values of the layer.</summary>
    /// <param name="layer">The index of the layer.</param>
    /// <param name="keys">The new keys [batch, heads, time, width]. If the cached keys have more heads, the new ones are repeated.</param>
    /// <param name="values">The new values, of the same shape.</param>
    /// <returns>Views [batch, heads, keys, width] that are valid until the next call for the layer.</returns>
    public (Tensor Keys, Tensor Values) Append(int layer, Tensor keys, Tensor values) => _layers[layer].Append(keys, values);

    /// <summary>Gets all keys and values of a layer; <see langword="null"/> if the layer has none yet.</summary>
    /// <param name="layer">The index of the layer.</param>
    public (Tensor Keys, Tensor Values)? Stored(int layer) => _layers[layer].Stored;

    /// <summary>A part of the keys and values of the only row, as one tensor [2 · layers, heads, keys, width]: the keys of a layer, then its values.</summary>
    /// <param name="first">The first key.</param>
    /// <param name="count">The number of keys.</param>
    internal Tensor Part(long first, long count) =>
        stack(_layers.SelectMany(layer => new[] { layer.Stored!.Value.Keys, layer.Stored.Value.Values }).Select(stored => stored[0].narrow(1, first, count)));

    /// <summary>Begins anew with such a part.</summary>
    /// <param name="part">The keys and values.</param>
    /// <param name="before">The keys and positions before the text, for all rows alike.</param>
    internal void Begin(Tensor part, RowOffsets before)
    {
        Array.ForEach(_layers, layer => layer.Dispose());
        for (int layer = 0; layer < _layers.Length; layer++)
        {
            _layers[layer].Append(part.narrow(0, 2 * layer, 1), part.narrow(0, (2 * layer) + 1, 1));
        }

        Before = before;
    }

    /// <summary>Drops the last keys of all rows.</summary>
    internal void Cut(int keys) => Array.ForEach(_layers, layer => layer.Cut(keys));

    /// <summary>Selects rows in a new order, as beam search requires after each step.</summary>
    /// <param name="rows">The index of the old row for each new row, int64 [batch].</param>
    public void Reorder(Tensor rows)
    {
        Before.Reorder(rows);
        Array.ForEach(_layers, layer => layer.Reorder(rows));
    }

    /// <summary>Takes in the row of another cache, after the rows of this one. Rows end at the same place, so the shorter ones begin later.</summary>
    internal void Join(KeyValueCache row)
    {
        for (int layer = 0; layer < _layers.Length; layer++)
        {
            _layers[layer].Join(row._layers[layer]);
        }
    }

    /// <summary>Drops a row. The last row takes its place.</summary>
    /// <param name="row">The index of the row.</param>
    /// <param name="longest">The number of keys of the longest row that remains.</param>
    internal void Leave(int row, long longest)
    {
        foreach (CachedLayer layer in _layers)
        {
            layer.Leave(row);
            layer.Trim(longest);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Array.ForEach(_layers, layer => layer.Dispose());
        Before.Dispose();
    }
}
