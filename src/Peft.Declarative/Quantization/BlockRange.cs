using static TorchSharp.torch;

namespace Peft.Declarative.Quantization;

/// <summary>Runs kernels over the blocks of a tensor in host memory, on as many threads as libtorch uses.</summary>
internal static class BlockRange
{
    // With fewer elements, a second thread costs more than it saves.
    private const long ElementsPerPart = 1 << 16;

    /// <summary>Calls <paramref name="body"/> with ranges of blocks (first, end exclusive) that together cover all blocks.</summary>
    internal static void Run(long elements, int blockSize, Action<long, long> body)
    {
        long blocks = Count(elements, blockSize);
        long parts = Math.Min(elements / ElementsPerPart, 4L * get_num_threads());
        if (parts <= 1 || get_num_threads() == 1)
        {
            body(0, blocks);
            return;
        }

        var options = new ParallelOptions { MaxDegreeOfParallelism = get_num_threads() };
        Parallel.For(0L, parts, options, part => body(blocks * part / parts, blocks * (part + 1) / parts));
    }

    /// <summary>The number of blocks; the last one can be shorter.</summary>
    internal static long Count(long elements, int blockSize) => (elements + blockSize - 1) / blockSize;
}
