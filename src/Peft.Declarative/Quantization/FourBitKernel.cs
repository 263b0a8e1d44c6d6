using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Peft.Declarative.Native;

namespace Peft.Declarative.Quantization;

/// <summary>
/// Quantizes and dequantizes 4-bit weights in host memory. A block has an even number of elements; each byte contains two codes, the first one in
/// the upper half.
/// </summary>
internal static unsafe class FourBitKernel
{
    /// <summary>Quantizes elements.</summary>
    /// <param name="table">The sixteen values.</param>
    /// <param name="source">The elements.</param>
    /// <param name="count">The number of elements.</param>
    /// <param name="blockSize">The number of elements in a block.</param>
    /// <param name="packed">Receives one byte per two elements. If the number is odd, the lower half of the last byte is 0.</param>
    /// <param name="scales">Receives the greatest absolute value of each block.</param>
    internal static void Quantize(CodeTable table, BlockSource source, long count, int blockSize, byte* packed, float* scales) =>
        BlockRange.Run(count, blockSize, (from, to) =>
        {
            Span<byte> codes = stackalloc byte[blockSize];
            Span<float> buffer = stackalloc float[blockSize];
            for (long block = from; block < to; block++)
            {
                long start = block * blockSize;
                ReadOnlySpan<float> elements = source.Read(start, (int)Math.Min(blockSize, count - start), buffer);
                scales[block] = BlockScale.Of(elements);
                Encode(table, elements, 1 / scales[block], codes);
                Pack(codes[..elements.Length], packed + (start / 2));
            }
        });

    /// <summary>Dequantizes elements: the value of the code times the scale of its block.</summary>
    /// <param name="table">The sixteen values.</param>
    /// <param name="packed">The codes.</param>
    /// <param name="scales">The scale of each block.</param>
    /// <param name="count">The number of elements.</param>
    /// <param name="blockSize">The number of elements in a block.</param>
    /// <param name="target">Receives the elements.</param>
    internal static void Dequantize(float[] table, byte* packed, BlockScales scales, long count, int blockSize, BlockTarget target) =>
        BlockRange.Run(count, blockSize, (from, to) =>
        {
            for (long block = from; block < to; block++)
            {
                long start = block * blockSize;
                int length = (int)Math.Min(blockSize, count - start);
                if (target.IsBFloat16)
                {
                    FourBitDecoder.Decode(table, scales[block], packed + (start / 2), length, target.Halves(start));
                }
                else
                {
                    FourBitDecoder.Decode(table, scales[block], packed + (start / 2), length, target.Floats(start));
                }
            }
        });

    // The rank of a number is the count of borders at or below it. Sixteen numbers are processed at a time, so that their codes form one vector of bytes.
    private static void Encode(CodeTable table, ReadOnlySpan<float> elements, float factor, Span<byte> codes)
    {
        int done = 0;
        if (float.IsFinite(factor))   // 0 · ∞ is NaN, which the count of borders would not detect
        {
            Vector128<byte> codeOfRank = Vector128.Create(table.Codes);
            for (; done + 16 <= elements.Length; done += 16)
            {
                Vector256<int> first = Ranks(table, Vector256.Create(elements[done..]) * factor);
                Vector256<int> second = Ranks(table, Vector256.Create(elements[(done + 8)..]) * factor);
                Vector256<short> both = Vector256.Narrow(first, second);
                Vector128<byte> ranks = Vector128.Narrow(both.GetLower(), both.GetUpper()).AsByte();
                Vector128.Shuffle(codeOfRank, ranks).CopyTo(codes[done..]);
            }
        }

        EncodeOneByOne(table, elements[done..], factor, codes[done..]);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Ranks(CodeTable table, Vector256<float> scaled)
    {
        Vector256<int> rank = Vector256<int>.Zero;
        foreach (float border in table.Borders)
        {
            rank -= Vector256.GreaterThanOrEqual(scaled, Vector256.Create(border)).AsInt32();
        }

        return rank;
    }

    private static void EncodeOneByOne(CodeTable table, ReadOnlySpan<float> elements, float factor, Span<byte> codes)
    {
        for (int i = 0; i < elements.Length; i++)
        {
            codes[i] = table.Nearest(elements[i] * factor);
        }
    }

    private static void Pack(ReadOnlySpan<byte> codes, byte* packed)
    {
        for (int i = 0; i + 1 < codes.Length; i += 2)
        {
            *packed++ = (byte)((codes[i] << 4) | codes[i + 1]);
        }

        if ((codes.Length & 1) == 1)
        {
            *packed = (byte)(codes[^1] << 4);
        }
    }
}
