namespace Peft.Declarative;

/// <summary>What weights of 4 bits take in memory. The compiler counts with it too.</summary>
internal static class QuantizedSize
{
    /// <summary>Block sizes that kernels elsewhere know too.</summary>
    internal static IReadOnlyList<int> BlockSizes { get; } = [32, 64, 128, 256, 512, 1024, 2048, 4096];

    /// <summary>Scales that share one second scale under double quantisation. Dettmers et al. 2023, section 3.</summary>
    internal const int NestedBlockSize = 256;

    /// <summary>Two weights a byte, and a scale per block: 4 bytes, or 1 byte and 4 more for each 256 of them.</summary>
    internal static long Bytes(long elements, int blockSize, bool doubleQuantization)
    {
        long blocks = Divide(elements, blockSize);
        long scales = doubleQuantization ? blocks + (sizeof(float) * Divide(blocks, NestedBlockSize)) : sizeof(float) * blocks;
        return Divide(elements, 2) + scales;
    }

    private static long Divide(long count, long size) => (count + size - 1) / size;
}
