using System.Buffers;
using System.Numerics;

namespace Peft.Declarative.Text.Tokenizers.Models;

/// <summary>A heap of numbers, smallest first, with four children to a node: fewer misses than two for the million pairs of a long word.</summary>
internal ref struct PairHeap
{
    private const int Children = 4;

    private ulong[] _items;
    private int _count;

    /// <summary>An empty heap with room for so many; <see cref="Dispose"/> gives the room back.</summary>
    internal PairHeap(int room) => _items = ArrayPool<ulong>.Shared.Rent((int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(room, 16)));

    internal void Add(ulong item)
    {
        if (_count == _items.Length)
        {
            Grow();
        }

        int hole = _count++;
        while (hole > 0 && item < _items[(hole - 1) / Children])
        {
            _items[hole] = _items[(hole - 1) / Children];
            hole = (hole - 1) / Children;
        }

        _items[hole] = item;
    }

    internal bool TryTake(out ulong smallest)
    {
        if (_count == 0)
        {
            smallest = 0;
            return false;
        }

        smallest = _items[0];
        ulong last = _items[--_count];
        int hole = 0;
        for (int child = SmallestChild(hole); child < _count && _items[child] < last; child = SmallestChild(hole))
        {
            _items[hole] = _items[child];
            hole = child;
        }

        _items[hole] = last;
        return true;
    }

    internal readonly void Dispose() => ArrayPool<ulong>.Shared.Return(_items);

    private readonly int SmallestChild(int parent)
    {
        int first = parent * Children + 1;
        int end = Math.Min(first + Children, _count);
        int smallest = first;
        for (int child = first + 1; child < end; child++)
        {
            if (_items[child] < _items[smallest])
            {
                smallest = child;
            }
        }

        return smallest;
    }

    private void Grow()
    {
        ulong[] larger = ArrayPool<ulong>.Shared.Rent(_items.Length * 2);
        _items.AsSpan(0, _count).CopyTo(larger);
        ArrayPool<ulong>.Shared.Return(_items);
        _items = larger;
    }
}
