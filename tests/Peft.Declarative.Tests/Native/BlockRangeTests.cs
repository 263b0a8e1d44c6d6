using Peft.Declarative.Native;
using static TorchSharp.torch;

namespace Peft.Declarative.Tests.Native;

public sealed class BlockRangeTests
{
    [Theory]
    [InlineData(0, 64)]
    [InlineData(63, 64)]
    [InlineData(100_001, 64)]
    [InlineData(1 << 20, 1 << 10)]
    [InlineData(3 << 20, 1 << 20)]
    public void Run_AnyNumberOfBlocks_CoversEachOnce(long elements, int blockSize)
    {
        int[] visits = new int[BlockRange.Count(elements, blockSize)];

        BlockRange.Run(elements, blockSize, (from, to) =>
        {
            for (long i = from; i < to; i++)
            {
                Interlocked.Increment(ref visits[i]);
            }
        });

        Assert.All(visits, count => Assert.Equal(1, count));
    }

    [Fact]
    public void Run_ManyBlocks_IsDividedAmongTheThreadsOfLibtorch()
    {
        if (get_num_threads() == 1)
        {
            return;   // nothing to divide
        }

        var threads = new HashSet<int>();
        using var both = new Barrier(2);
        BlockRange.RunBlocks(2, 1 << 20, (_, _) =>
        {
            lock (threads)
            {
                threads.Add(Environment.CurrentManagedThreadId);
            }

            both.SignalAndWait(TimeSpan.FromSeconds(20));   // nobody takes both parts
        });

        Assert.Equal(2, threads.Count);
        Assert.Equal(OperatingSystem.IsLinux(), OpenMpTeam.IsAvailable);
    }

    [Fact]
    public void Run_KernelThatThrows_ThrowsThatAtTheCaller()
    {
        var error = Assert.Throws<InvalidDataException>(() => BlockRange.Run(1 << 20, 1, (from, _) => throw new InvalidDataException($"block {from}")));

        Assert.StartsWith("block ", error.Message, StringComparison.Ordinal);
        BlockRange.Run(1 << 20, 1, (_, _) => { });   // and the threads go on
    }

    [Fact]
    public void Run_FromManyThreadsAtOnce_CoversEachOnceForAll()
    {
        const int Callers = 6;
        long[] sums = new long[Callers];
        var callers = Enumerable.Range(0, Callers).Select(caller => new Thread(() =>
        {
            for (int round = 0; round < 50; round++)
            {
                BlockRange.Run(1 << 16, 1, (from, to) => Interlocked.Add(ref sums[caller], to - from));
            }
        })).ToArray();

        Array.ForEach(callers, thread => thread.Start());
        Array.ForEach(callers, thread => thread.Join());

        Assert.All(sums, sum => Assert.Equal(50L << 16, sum));
    }
}
