using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

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
    internal static void Dequantize(float[] table, byte* packed, BlockScales scales, long count, int blockSize, float* target) =>
        BlockRange.Run(count, blockSize, (from, to) =>
        {
            Span<float> values = stackalloc float[16];
            for (long block = from; block < to; block++)
            {
                long start = block * blockSize;
                float scale = scales[block];
                for (int code = 0; code < values.Length; code++)
                {
                    values[code] = table[code] * scale;
                }

                Decode(values, packed + (start / 2), (int)Math.Min(blockSize, count - start), target + start);
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

    private static void Decode(ReadOnlySpan<float> values, byte* packed, int count, float* target)
    {
        int done = Avx2.IsSupported ? DecodeEights(values, packed, count, target) : 0;
        for (int i = done; i < count; i++)
        {
            int pair = packed[i >> 1];
            target[i] = values[(i & 1) == 0 ? pair >> 4 : pair & 15];
        }
    }

    // Four bytes contain eight codes. The permutation uses the lowest three bits of a code; the blend uses the fourth, shifted to the sign bit.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int DecodeEights(ReadOnlySpan<float> values, byte* packed, int count, float* target)
    {
        Vector256<float> lower = Vector256.Create(values[..8]);
        Vector256<float> upper = Vector256.Create(values[8..]);
        Vector256<uint> shifts = Vector256.Create(4u, 0, 12, 8, 20, 16, 28, 24);
        int i = 0;
        for (; i + 8 <= count; i += 8)
        {
            Vector256<uint> four = Vector256.Create(Unsafe.ReadUnaligned<uint>(packed + (i >> 1)));
            Vector256<int> codes = Avx2.ShiftRightLogicalVariable(four, shifts).AsInt32();
            Vector256<float> fromLower = Avx2.PermuteVar8x32(lower, codes);
            Vector256<float> fromUpper = Avx2.PermuteVar8x32(upper, codes);
            Avx.BlendVariable(fromLower, fromUpper, (codes << 28).AsSingle()).Store(target + i);
        }

        return i;
    }
}
