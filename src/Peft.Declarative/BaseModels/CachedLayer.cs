using static TorchSharp.torch;

namespace Peft.Declarative.BaseModels;

/// <summary>
/// The keys and values of one layer, [rows, heads, keys, width]. Rows end at the same place. A row that began later has fewer keys than others, and what is
/// before them is finite and hidden by a mask. Memory is allocated in advance: a new token, a row that joins and one that leaves copy only themselves.
/// </summary>
internal sealed class CachedLayer : IDisposable
{
    private const long Step = 64;

    private Tensor? _keys;
    private Tensor? _values;
    private long _first;    // places before it are no longer used
    private long _rows;

    /// <summary>The number of keys of the longest row.</summary>
    internal long Length { get; private set; }

    /// <summary>All keys and values as views, valid until the next change; <see langword="null"/> if there are none.</summary>
    internal (Tensor Keys, Tensor Values)? Stored => _keys is { } keys ? (View(keys), View(_values!)) : null;

    /// <summary>Appends keys and values of all rows. If the stored keys have more heads, the new ones are repeated.</summary>
    internal (Tensor Keys, Tensor Values) Append(Tensor keys, Tensor values)
    {
        if (_keys is null)
        {
            _rows = keys.size(0);
        }
        else
        {
            keys = Attention.RepeatHeads(keys, _keys.size(1));
            values = Attention.RepeatHeads(values, _keys.size(1));
        }

        long after = Length + keys.size(2);
        if (_keys is null || _keys.size(2) < _first + after)
        {
            Move(keys, values, _keys?.size(0) ?? _rows, Math.Max((after + Step - 1) / Step * Step, Length + Length / 2), before: 0);
        }

        Write(_keys!, 0, _rows, _first + Length, keys);
        Write(_values!, 0, _rows, _first + Length, values);
        Length = after;
        return (View(_keys!), View(_values!));
    }

    /// <summary>Selects rows in a new order.</summary>
    internal void Reorder(Tensor order)
    {
        if (_keys is null)
        {
            return;
        }

        _rows = order.size(0);
        Replace(_keys.index_select(0, order), _values!.index_select(0, order));
    }

    /// <summary>Takes in the row of another cache, which may be longer or shorter.</summary>
    internal void Join(CachedLayer row)
    {
        (Tensor keys, Tensor values) = row.Stored!.Value;
        long heads = Math.Max(keys.size(1), _keys?.size(1) ?? 0);
        (keys, values) = (Attention.RepeatHeads(keys, heads), Attention.RepeatHeads(values, heads));
        long before = Math.Max(0, row.Length - Length);
        if (_keys is null || _keys.size(0) == _rows || _first < before || _keys.size(1) < heads)
        {
            long rooms = _keys is { } full && full.size(0) > _rows ? full.size(0) : 2 * _rows + 2;
            long length = Length + before;
            Move(keys, values, rooms, Math.Max(_keys?.size(2) ?? 0, (length + Step) / Step * Step), before);
        }
        else
        {
            _first -= before;
        }

        Length += before;
        foreach ((Tensor store, Tensor own) in new[] { (_keys!, keys), (_values!, values) })
        {
            using Tensor place = Part(store, _rows, 1, _first, Length - row.Length);
            place.zero_();   // a mask cannot hide what is not a number
            Write(store, _rows, 1, _first + Length - row.Length, own);
        }

        _rows++;
    }

    /// <summary>Drops a row. The last row takes its place.</summary>
    internal void Leave(int row)
    {
        _rows--;
        if (_rows == 0)
        {
            Dispose();
            return;
        }

        foreach (Tensor store in row == _rows ? [] : new[] { _keys!, _values! })
        {
            using Tensor last = Part(store, _rows, 1, _first, Length);
            Write(store, row, 1, _first, last);
        }
    }

    /// <summary>Drops the keys before the longest row's.</summary>
    internal void Trim(long length)
    {
        _first += Length - length;
        Length = length;
    }

    /// <summary>Drops the last keys.</summary>
    internal void Cut(int keys) => Length -= keys;

    /// <inheritdoc/>
    public void Dispose()
    {
        _keys?.Dispose();
        _values?.Dispose();
        (_keys, _values, _first, _rows, Length) = (null, null, 0, 0, 0);
    }

    private static Tensor Part(Tensor store, long row, long rows, long place, long places)
    {
        using Tensor part = store.narrow(0, row, rows);
        return part.narrow(2, place, places);
    }

    private static void Write(Tensor store, long row, long rows, long place, Tensor added)
    {
        using Tensor target = Part(store, row, rows, place, added.size(2));
        target.copy_(added);
    }

    private Tensor View(Tensor store) => Part(store, 0, _rows, _first, Length);

    // Moves what there is into a larger memory, behind empty places.
    private void Move(Tensor likeKeys, Tensor likeValues, long rows, long capacity, long before)
    {
        Tensor keys = Larger(_keys, likeKeys), values = Larger(_values, likeValues);
        _first = 0;
        Replace(keys, values);

        Tensor Larger(Tensor? store, Tensor like)
        {
            Tensor larger = zeros([rows, like.size(1), capacity, like.size(3)], dtype: like.dtype, device: like.device);
            if (store is not null && Length > 0)
            {
                using Tensor former = View(store);
                Write(larger, 0, _rows, before, Attention.RepeatHeads(former, like.size(1)));
            }

            return larger;
        }
    }

    private void Replace(Tensor keys, Tensor values)
    {
        _keys?.Dispose();
        _values?.Dispose();
        (_keys, _values) = (keys.DetachFromDisposeScope(), values.DetachFromDisposeScope());
    }
}
