using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Peft.Declarative.Quantization;

/// <summary>Weights of 4 bits in host memory: blocks of an even number of elements, two to a byte, the first in the upper half.</summary>
internal static unsafe class FourBitKernel
{
    /// <summary>Quantises blocks.</summary>
    /// <param name="table">The sixteen values.</param>
    /// <param name="source">Elements.</param>
    /// <param name="count">How many.</param>
    /// <param name="blockSize">Elements of a block.</param>
    /// <param name="packed">Receives half as many bytes; of an odd number the last lower half is 0.</param>
    /// <param name="scales">Receives the greatest absolute value of each block.</param>
    internal static void Quantize(CodeTable table, BlockSource source, long count, int blockSize, byte* packed, float* scales) =>
        BlockRange.Run(count, blockSize, (from, to) =>
        {
            Span<byte> codes = stackalloc byte[blockSize];
            Span<float> room = stackalloc float[blockSize];
            for (long block = from; block < to; block++)
            {
                long start = block * blockSize;
                ReadOnlySpan<float> elements = source.Read(start, (int)Math.Min(blockSize, count - start), room);
                scales[block] = BlockScale.Of(elements);
                Encode(table, elements, 1 / scales[block], codes);
                Pack(codes[..elements.Length], packed + (start / 2));
            }
        });

    /// <summary>Gives elements of blocks back: value of the code times the scale of its block.</summary>
    /// <param name="table">The sixteen values.</param>
    /// <param name="packed">Codes.</param>
    /// <param name="scales">Scale of each block.</param>
    /// <param name="count">Elements.</param>
    /// <param name="blockSize">Elements of a block.</param>
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

    // Codes are counted off: as many borders as lie at or below the number. Sixteen numbers at a time, so that their codes are one vector of bytes.
    private static void Encode(CodeTable table, ReadOnlySpan<float> elements, float factor, Span<byte> codes)
    {
        int done = 0;
        if (float.IsFinite(factor))   // 0 · ∞ is no number, which counting would not notice
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

    // Four bytes hold eight codes. The permutation looks at the lowest three bits of a code and the blend at the fourth, moved to the sign.
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
