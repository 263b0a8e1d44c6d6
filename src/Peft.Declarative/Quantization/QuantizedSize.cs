namespace Peft.Declarative;

/// <summary>The size of 4-bit weights. The generator compiles this file, too, to compute sizes at compile time.</summary>
internal static class QuantizedSize
{
    /// <summary>The block sizes that bitsandbytes supports.</summary>
    internal static IReadOnlyList<int> BlockSizes { get; } = [32, 64, 128, 256, 512, 1024, 2048, 4096];

    /// <summary>The number of scales that share one second-level scale with double quantization. Dettmers et al. 2023, section 3.</summary>
    internal const int NestedBlockSize = 256;

    /// <summary>
    /// The size in bytes: half a byte per weight, and one scale per block. A scale has 4 bytes, or 1 byte plus 4 bytes per 256 scales with double
    /// quantization.
    /// </summary>
    internal static long Bytes(long elements, int blockSize, bool doubleQuantization)
    {
        long blocks = Divide(elements, blockSize);
        long scales = doubleQuantization ? blocks + (sizeof(float) * Divide(blocks, NestedBlockSize)) : sizeof(float) * blocks;
        return Divide(elements, 2) + scales;
    }

    private static long Divide(long count, long size) => (count + size - 1) / size;
}
