using Peft.Declarative.Native.Heap;

namespace Peft.Declarative.Tests.Native.Heap;

/// <summary>Blocks of a reserved range: apart from each other, and without gaps where sizes come again.</summary>
public sealed unsafe class PageHeapTests
{
    private const int Unit = PageHeap.Unit;

    [SkippableFact]
    public void Take_InAnyOrder_GivesBlocksApart()
    {
        PageHeap heap = Reserve(units: 1 << 12);
        var random = new Random(5);
        List<(IntPtr Block, int Bytes, byte Value)> blocks = [];
        for (int i = 0; i < 3000; i++)
        {
            if (blocks.Count > 0 && random.Next(2) == 0)
            {
                int at = random.Next(blocks.Count);
                (IntPtr block, int bytes, byte value) = blocks[at];
                Assert.False(new Span<byte>((void*)block, bytes).ContainsAnyExcept(value));
                heap.Give((void*)block);
                blocks.RemoveAt(at);
            }
            else
            {
                int bytes = random.Next(1, 5 * Unit);
                void* block = heap.Take((nuint)bytes);
                Assert.True(block != null);
                Assert.Equal(0, (long)block % PageHeap.Alignment);
                new Span<byte>(block, bytes).Fill((byte)i);
                blocks.Add(((IntPtr)block, bytes, (byte)i));
            }

            if (i % 500 == 499)
            {
                heap.ReturnGaps();   // changes no block
            }
        }

        Assert.NotEmpty(blocks);
    }

    [SkippableFact]
    public void Take_WithGapsOfTwoSizes_TakesTheSmallestThatFits()
    {
        PageHeap heap = Reserve(units: 64);
        void*[] blocks = [Take(heap, 5), Take(heap, 1), Take(heap, 3), Take(heap, 1)];
        heap.Give(blocks[0]);
        heap.Give(blocks[2]);

        Assert.True(Take(heap, 3) == blocks[2]);
        Assert.True(Take(heap, 3) == blocks[0]);
        Assert.True(Take(heap, 2) == (byte*)blocks[0] + (3 * Unit));
    }

    [SkippableFact]
    public void Give_BetweenGaps_JoinsThem()
    {
        PageHeap heap = Reserve(units: 6);
        void*[] blocks = [Take(heap, 2), Take(heap, 2), Take(heap, 2)];
        Assert.True(heap.Take(1) == null);
        heap.Give(blocks[0]);
        heap.Give(blocks[2]);
        Assert.True(Take(heap, 3) == null);
        heap.Give(blocks[1]);

        Assert.True(Take(heap, 6) == blocks[0]);
        Assert.Equal(6 * Unit, heap.MostTaken);
    }

    [SkippableFact]
    public void Take_OfMoreThanThereIs_GivesNothing()
    {
        PageHeap heap = Reserve(units: 4);

        Assert.True(heap.Take(nuint.MaxValue) == null);
        Assert.True(Take(heap, 5) == null);
        Assert.True(Take(heap, 4) != null);
    }

    [SkippableFact]
    public void Steps_OfTheSameSizes_TakeNoMoreThanTheFirst()
    {
        PageHeap heap = Reserve(units: 1 << 12);
        Step(heap);
        long first = heap.MostTaken;
        for (int i = 0; i < 400; i++)
        {
            Step(heap);
        }

        Assert.Equal(first, heap.MostTaken);
    }

    [SkippableFact]
    public void Give_OfMoreThanIsKept_ReturnsMemory()
    {
        PageHeap heap = Reserve(units: 64, mostKept: 4 * Unit);
        var block = (byte*)Take(heap, 6);
        block[0] = 1;
        heap.Give(block);

        Assert.True(Take(heap, 6) == block);
        Assert.Equal(0, block[0]);   // the system gives pages of zeros
    }

    // Activations that live until the backward pass, and shorter ones of other sizes between them.
    private static void Step(PageHeap heap)
    {
        var kept = new Stack<IntPtr>();
        for (int layer = 0; layer < 8; layer++)
        {
            void* passing = Take(heap, 11);
            kept.Push((IntPtr)Take(heap, 4));
            kept.Push((IntPtr)Take(heap, 10));
            heap.Give(passing);
        }

        while (kept.TryPop(out IntPtr activation))
        {
            void* gradient = Take(heap, 10);
            heap.Give((void*)activation);
            heap.Give(gradient);
        }
    }

    private static void* Take(PageHeap heap, int units) => heap.Take((nuint)units * Unit);

    private static PageHeap Reserve(int units, long mostKept = 1 << 30)
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "The heap is for Linux.");
        return PageHeap.Reserve((long)units * Unit, mostKept)!;
    }
}
