using System.Numerics;
using static TorchSharp.torch;

namespace Peft.Declarative.Quantization;

/// <summary>
/// Divides the rows of a matrix into blocks whose dense copy stays in the processor's cache between being written and being multiplied. Blocks of
/// rows begin where blocks of elements with one scale begin.
/// </summary>
internal static class RowBlocks
{
    /// <summary>
    /// The number of elements of a block, about. With fewer, threads wait for each other more often than the cache saves. Tests and benchmarks compare with
    /// other numbers.
    /// </summary>
    internal static long Elements { get; set; } = 1 << 20;

    /// <summary>The number of rows of each block of a quantized matrix except the last one, which can have fewer.</summary>
    internal static long RowsOf(QuantizedTensor matrix)
    {
        (long rows, long width) = (matrix.Shape[0], matrix.Shape[1]);
        long together = Math.Max(1, matrix.Settings.BlockOf(matrix.Shape) >> BitOperations.TrailingZeroCount(width));
        return Math.Min(rows, (RowsOf(rows, width, matrix.Packed) + together - 1) / together * together);
    }

    /// <summary>The same of a matrix that is converted to another type.</summary>
    internal static long RowsOf(Tensor matrix) => RowsOf(matrix.size(0), matrix.size(1), matrix);

    private static long RowsOf(long rows, long width, Tensor memory)
    {
        long blocks = memory.device_type == DeviceType.CPU ? Math.Max(1, rows * width / Elements) : 1;
        return (rows + blocks - 1) / blocks;
    }
}
