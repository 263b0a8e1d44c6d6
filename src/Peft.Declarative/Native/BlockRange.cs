using static TorchSharp.torch;

namespace Peft.Declarative.Native;

/// <summary>Runs kernels over the blocks of a tensor in host memory, on as many threads as libtorch uses.</summary>
internal static class BlockRange
{
    // With fewer elements, a second thread costs more than it saves: libtorch's own number (at::internal::GRAIN_SIZE) for its threads.
    private const long ManyElements = 1 << 15;
    private const long ElementsPerPart = 1 << 13;

    // A thread of .NET's pool must be woken first.
    private const long ElementsPerPartOfPool = 1 << 16;

    /// <summary>Calls <paramref name="kernel"/> with ranges of blocks (first, end exclusive) that together cover all blocks.</summary>
    /// <param name="elements">The number of elements of the tensor.</param>
    /// <param name="blockSize">Those of a block; the last one can be shorter.</param>
    /// <param name="kernel">The kernel.</param>
    internal static void Run(long elements, int blockSize, Action<long, long> kernel) => Run(elements, blockSize, new Closure(kernel));

    /// <inheritdoc cref="Run(long, int, Action{long, long})"/>
    internal static void Run<TKernel>(long elements, int blockSize, TKernel kernel)
        where TKernel : struct, IBlockKernel => RunBlocks(Count(elements, blockSize), elements, kernel);

    /// <inheritdoc cref="RunBlocks{TKernel}"/>
    internal static void RunBlocks(long blocks, long work, Action<long, long> kernel) => RunBlocks(blocks, work, new Closure(kernel));

    /// <summary>Calls <paramref name="kernel"/> with ranges of blocks (first, end exclusive) that together cover all blocks.</summary>
    /// <param name="blocks">The number of blocks.</param>
    /// <param name="work">The work, in elements of a tensor that is read once.</param>
    /// <param name="kernel">The kernel.</param>
    internal static void RunBlocks<TKernel>(long blocks, long work, TKernel kernel)
        where TKernel : struct, IBlockKernel
    {
        int threads = work < ManyElements ? 1 : get_num_threads();
        long parts = Math.Min(work / (OpenMpTeam.IsAvailable ? ElementsPerPart : ElementsPerPartOfPool), Math.Min(blocks, 4L * threads));
        if (parts <= 1 || threads == 1)
        {
            kernel.Run(0, blocks);
            return;
        }

        var shared = new SharedParts<TKernel>(blocks, parts, kernel);
        if (OpenMpTeam.IsAvailable)
        {
            OpenMpTeam.Run(shared, threads);
        }
        else
        {
            RunOnPool(shared, threads);
        }

        shared.ThrowIfFailed();
    }

    // Apart, so that only this allocates a closure.
    private static void RunOnPool(SharedParts shared, int threads) =>
        Parallel.For(0, threads, new ParallelOptions { MaxDegreeOfParallelism = threads }, _ => shared.Take());

    /// <summary>The number of blocks; the last one can be shorter.</summary>
    internal static long Count(long elements, int blockSize) => (elements + blockSize - 1) / blockSize;

    private readonly struct Closure(Action<long, long> kernel) : IBlockKernel
    {
        public void Run(long from, long to) => kernel(from, to);
    }
}
