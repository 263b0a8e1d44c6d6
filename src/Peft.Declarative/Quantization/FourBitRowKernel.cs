using System.Runtime.InteropServices;

namespace Peft.Declarative.Quantization;

/// <summary>Products of a row of float32 values and a weight of 4-bit codes: no dense weight is written and read again.</summary>
internal static unsafe class FourBitRowKernel
{
    /// <summary>Whether a row of the weight consists of whole blocks.</summary>
    internal static bool Fits(long width, int blockSize) => width % blockSize == 0 && blockSize % FourBitRow.Step == 0;

    /// <summary>Multiplies one row.</summary>
    /// <param name="table">The sixteen values.</param>
    /// <param name="packed">The codes [out, in], row by row.</param>
    /// <param name="scales">The scale of each block.</param>
    /// <param name="blockSize">The number of elements in a block.</param>
    /// <param name="input">The row [in].</param>
    /// <param name="width">The width of the row.</param>
    /// <param name="output">Receives the products [out].</param>
    /// <param name="rows">The number of products.</param>
    internal static void Multiply(float[] table, byte* packed, BlockScales scales, int blockSize, float* input, int width, float* output, long rows)
    {
        int blocks = width / blockSize;
        var ordered = (float*)NativeMemory.AlignedAlloc((nuint)width * sizeof(float), 64);
        try
        {
            FourBitRow.Order(input, width, ordered);
            BlockRange.Run(rows * width, width, (from, to) =>
            {
                var kernel = new FourBitRow(table, blockSize);
                Span<float> ofBlocks = stackalloc float[blocks];
                for (long row = from; row < to; row++)
                {
                    scales.Read(row * blocks, ofBlocks);
                    output[row] = kernel.Product(packed + (row * width / 2), ofBlocks, ordered);
                }
            });
        }
        finally
        {
            NativeMemory.AlignedFree(ordered);
        }
    }
}
