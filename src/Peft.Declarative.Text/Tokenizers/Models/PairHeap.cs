using System.Buffers;
using System.Numerics;

namespace Peft.Declarative.Text.Tokenizers.Models;

/// <summary>A heap of numbers, smallest first, with four children to a node: fewer misses than two for the million pairs of a long word.</summary>
internal ref struct PairHeap
{
    private const int Children = 4;

    private ulong[] items;
    private int count;

    /// <summary>An empty heap with room for so many; <see cref="Dispose"/> gives the room back.</summary>
    internal PairHeap(int room) => items = ArrayPool<ulong>.Shared.Rent((int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(room, 16)));

    internal void Add(ulong item)
    {
        if (count == items.Length)
        {
            Grow();
        }

        int hole = count++;
        while (hole > 0 && item < items[(hole - 1) / Children])
        {
            items[hole] = items[(hole - 1) / Children];
            hole = (hole - 1) / Children;
        }

        items[hole] = item;
    }

    internal bool TryTake(out ulong smallest)
    {
        if (count == 0)
        {
            smallest = 0;
            return false;
        }

        smallest = items[0];
        ulong last = items[--count];
        int hole = 0;
        for (int child = SmallestChild(hole); child < count && items[child] < last; child = SmallestChild(hole))
        {
            items[hole] = items[child];
            hole = child;
        }

        items[hole] = last;
        return true;
    }

    internal readonly void Dispose() => ArrayPool<ulong>.Shared.Return(items);

    private readonly int SmallestChild(int parent)
    {
        int first = parent * Children + 1;
        int end = Math.Min(first + Children, count);
        int smallest = first;
        for (int child = first + 1; child < end; child++)
        {
            if (items[child] < items[smallest])
            {
                smallest = child;
            }
        }

        return smallest;
    }

    private void Grow()
    {
        ulong[] larger = ArrayPool<ulong>.Shared.Rent(items.Length * 2);
        items.AsSpan(0, count).CopyTo(larger);
        ArrayPool<ulong>.Shared.Return(items);
        items = larger;
    }
}
