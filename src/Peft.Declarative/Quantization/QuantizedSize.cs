namespace Peft.Declarative;

/// <summary>The size of quantized weights. The generator compiles this file, too, to compute sizes at compile time.</summary>
internal static class QuantizedSize
{
    /// <summary>The block sizes that bitsandbytes supports.</summary>
    internal static IReadOnlyList<int> BlockSizes { get; } = [32, 64, 128, 256, 512, 1024, 2048, 4096];

    /// <summary>The number of scales that share one second-level scale with double quantization. Dettmers et al. 2023, section 3.</summary>
    internal const int NestedBlockSize = 256;

    /// <summary>The number of bits of a code.</summary>
    internal static int Bits(QuantizationType type) => type is QuantizationType.Nf4 or QuantizationType.Fp4 ? 4 : 8;

    /// <summary>
    /// The size in bytes: half a byte or a byte per weight, and one scale per block. A scale has 4 bytes, or 1 byte plus 4 bytes per block of scales with
    /// double quantization.
    /// </summary>
    /// <param name="type">The data type.</param>
    /// <param name="elements">The number of weights.</param>
    /// <param name="block">The number of weights that share one scale: with <see cref="QuantizationType.Int8"/>, those of a row.</param>
    /// <param name="doubleQuantization">Whether scales are quantized, where the type allows it.</param>
    internal static long Bytes(QuantizationType type, long elements, long block, bool doubleQuantization)
    {
        long blocks = Divide(elements, block);
        long nested = type == QuantizationType.Dynamic8 ? block : NestedBlockSize;
        long scales = doubleQuantization && type != QuantizationType.Int8 ? blocks + (sizeof(float) * Divide(blocks, nested)) : sizeof(float) * blocks;
        return Divide(elements * Bits(type), 8) + scales;
    }

    private static long Divide(long count, long size) => (count + size - 1) / size;
}
