using System.Runtime.InteropServices;

namespace Peft.Declarative.Native.Heap;

/// <summary>
/// A heap of large blocks in a range of addresses that is reserved once, on Linux. A block is as many whole units as it needs, in the smallest gap that it fits
/// in, and neighbouring gaps are joined (boundary tags: Knuth, The Art of Computer Programming 1, section 2.5). Callers take turns.
/// </summary>
/// <remarks>The blocks of a training step have few sizes, which come again in every step: there they leave no gap. Memory remains resident for the next block.</remarks>
internal sealed unsafe class PageHeap
{
    /// <summary>Bytes of a unit: the largest pages that Linux has on the processors that .NET runs on.</summary>
    internal const int Unit = 1 << 16;

    /// <summary>Blocks begin at a multiple of this address, the smallest page.</summary>
    internal const int Alignment = 1 << 12;

    // Of mman.h.
    private const int ReadAndWrite = 3, PrivateAnonymousNoReserve = 0x4022, DontNeed = 4;

    private readonly byte* _start;
    private readonly int _units;
    private readonly long _mostKept;
    private readonly int* _tags;   // at the first and the last unit of a block its number of units, of a gap the same below zero
    private int _top;              // no unit from here on was used yet
    private long _kept;            // units that were given back and are resident, about

    private PageHeap(byte* start, int* tags, int units, long mostKept)
    {
        _start = start;
        _tags = tags;
        _units = units;
        _mostKept = mostKept;
    }

    /// <summary>Reserves addresses. They take memory once they are written to.</summary>
    /// <param name="bytes">The size of the range.</param>
    /// <param name="mostKept">The most bytes of gaps that remain resident, about.</param>
    /// <returns>Null if the system refuses, as it does where programs may not reserve more than there is.</returns>
    internal static PageHeap? Reserve(long bytes, long mostKept)
    {
        int units = checked((int)(bytes / Unit));
        byte* start = Environment.SystemPageSize > Unit ? null : Map((nuint)units * Unit);
        byte* tags = start is null ? null : Map((nuint)units * sizeof(int));
        return tags is null ? null : new PageHeap(start, (int*)tags, units, mostKept);
    }

    /// <summary>Whether an address lies in the range.</summary>
    internal bool Contains(void* address) => (nuint)((byte*)address - _start) < (nuint)_units * Unit;

    /// <summary>The bytes of addresses that blocks have taken at most.</summary>
    internal long MostTaken => (long)_top * Unit;

    /// <summary>A block of at least so many bytes; null if there is no room.</summary>
    internal void* Take(nuint bytes)
    {
        if (bytes > (nuint)_units * Unit)
        {
            return null;
        }

        int needed = Math.Max(1, (int)((bytes + Unit - 1) / Unit));
        (int first, int length) = (-1, int.MaxValue);
        for (int i = 0; i < _top; i += Math.Abs(_tags[i]))
        {
            int gap = -_tags[i];
            if (gap >= needed && gap < length)
            {
                (first, length) = (i, gap);
            }
        }

        if (first < 0)
        {
            first = _top > 0 && _tags[_top - 1] < 0 ? _top + _tags[_top - 1] : _top;
            if (needed > _units - first)
            {
                return null;
            }

            _kept = Math.Max(0, _kept - (_top - first));
            _top = first + needed;
        }
        else
        {
            _kept = Math.Max(0, _kept - needed);
            if (length > needed)
            {
                Mark(first + needed, length - needed, sign: -1);
            }
        }

        Mark(first, needed, sign: 1);
        return _start + ((long)first * Unit);
    }

    /// <summary>Takes a block back.</summary>
    internal void Give(void* block)
    {
        int first = (int)(((byte*)block - _start) / Unit);
        int length = _tags[first];
        _kept += length;
        if (first + length < _top && _tags[first + length] < 0)
        {
            length -= _tags[first + length];
        }

        if (first > 0 && _tags[first - 1] < 0)
        {
            length -= _tags[first - 1];
            first += _tags[first - 1];
        }

        Mark(first, length, sign: -1);
        if (_kept * Unit > _mostKept)
        {
            ReturnGaps();
        }
    }

    /// <summary>Returns the memory of all gaps to the system.</summary>
    internal void ReturnGaps()
    {
        for (int i = 0; i < _top; i += Math.Abs(_tags[i]))
        {
            if (_tags[i] < 0)
            {
                _ = Advise(_start + ((long)i * Unit), (nuint)(-_tags[i]) * Unit, DontNeed);
            }
        }

        _kept = 0;
    }

    private static byte* Map(nuint bytes)
    {
        nint mapped = MapMemory(null, bytes, ReadAndWrite, PrivateAnonymousNoReserve, -1, 0);
        return mapped == -1 ? null : (byte*)mapped;
    }

    private void Mark(int first, int length, int sign) => _tags[first] = _tags[first + length - 1] = sign * length;

    [DllImport("libc", EntryPoint = "mmap")]
    private static extern nint MapMemory(void* address, nuint length, int protection, int flags, int file, nint offset);

    [DllImport("libc", EntryPoint = "madvise")]
    private static extern int Advise(void* address, nuint length, int advice);
}
