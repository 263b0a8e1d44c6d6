using System.Runtime.InteropServices;
using Peft.Declarative.Native;

namespace Peft.Declarative.Quantization;

/// <summary>Products of a few rows of float32 values and a weight of 4-bit codes: no dense weight is written and read again.</summary>
internal static unsafe class FourBitRowKernel
{
    // With more rows, codes that are decoded to memory and multiplied as dense weights are faster.
    private static int MostByCodes => FourBitWords.IsSupported ? 4 : 1;

    /// <summary>Whether a row of the weight consists of whole blocks.</summary>
    internal static bool Fits(long width, int blockSize) => width % blockSize == 0 && blockSize % FourBitRow.Step == 0;

    /// <summary>Multiplies the rows.</summary>
    /// <param name="table">The sixteen values.</param>
    /// <param name="packed">The codes [out, in], row by row.</param>
    /// <param name="scales">The scale of each block.</param>
    /// <param name="blockSize">The number of elements in a block.</param>
    /// <param name="input">The rows [rows, in].</param>
    /// <param name="width">The width of a row.</param>
    /// <param name="rows">The number of rows.</param>
    /// <param name="output">Receives the products [rows, out].</param>
    /// <param name="outputs">The number of products of a row.</param>
    internal static void Multiply(float[] table, byte* packed, BlockScales scales, int blockSize, float* input, int width, int rows, float* output, long outputs)
    {
        if (rows > MostByCodes)
        {
            MultiplyDecoded(table, packed, scales, blockSize, input, width, rows, output, outputs);
            return;
        }

        int blocks = width / blockSize, padded = FourBitRow.Padded(width);
        var ordered = (float*)NativeMemory.AlignedAlloc((nuint)(rows * padded) * sizeof(float), 64);
        try
        {
            for (int row = 0; row < rows; row++)
            {
                FourBitRow.Order(input + (row * width), width, ordered + (row * padded));
            }

            BlockRange.Run(outputs * width, width, (from, to) =>
            {
                var kernel = new FourBitRow(table, blockSize);
                float* ofBlocks = stackalloc float[blocks + FourBitWords.Scales];
                new Span<float>(ofBlocks, blocks + FourBitWords.Scales).Clear();
                for (long i = from; i < to; i++)
                {
                    scales.Read(i * blocks, new Span<float>(ofBlocks, blocks));
                    kernel.Multiply(packed + (i * width / 2), ofBlocks, ordered, rows, width, output + i, outputs);
                }
            });
        }
        finally
        {
            NativeMemory.AlignedFree(ordered);
        }
    }

    // Codes are decoded once, the rows of a tile at a time, into memory that stays in the first cache.
    private static void MultiplyDecoded(
        float[] table, byte* packed, BlockScales scales, int blockSize, float* input, int width, int rows, float* output, long outputs) =>
        BlockRange.Run(outputs * width, width, (from, to) =>
        {
            var decoded = (float*)NativeMemory.AlignedAlloc((nuint)(RowTile.Size * width) * sizeof(float), 64);
            Span<float> ofBlocks = stackalloc float[width / blockSize];
            for (long first = from; first < to; first += RowTile.Size)
            {
                long count = Math.Min(RowTile.Size, to - first);
                for (long i = 0; i < count; i++)
                {
                    Decode(table, packed + ((first + i) * width / 2), scales, (first + i) * ofBlocks.Length, blockSize, ofBlocks, decoded + (i * width));
                }

                RowTile.Multiply(input, rows, decoded, count, width, output + first, outputs);
            }

            NativeMemory.AlignedFree(decoded);
        });

    private static void Decode(float[] table, byte* packed, BlockScales scales, long firstBlock, int blockSize, Span<float> ofBlocks, float* decoded)
    {
        scales.Read(firstBlock, ofBlocks);
        for (int block = 0; block < ofBlocks.Length; block++)
        {
            FourBitDecoder.Decode(table, ofBlocks[block], packed + (block * blockSize / 2), blockSize, decoded + (block * blockSize));
        }
    }
}
