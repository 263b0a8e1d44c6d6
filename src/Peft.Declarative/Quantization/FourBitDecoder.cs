using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Peft.Declarative.Quantization;

/// <summary>
/// Looks up 4-bit codes, two per byte with the first one in the upper half, in a table of sixteen values times the scale of their block. The table fits into
/// one or two vectors, so it is scaled (and rounded) once per block, and one instruction looks up a whole vector of codes.
/// </summary>
internal static unsafe class FourBitDecoder
{
    /// <summary>Decodes a block to float32.</summary>
    /// <param name="table">The sixteen values.</param>
    /// <param name="scale">The scale of the block.</param>
    /// <param name="packed">The codes.</param>
    /// <param name="count">The number of codes.</param>
    /// <param name="target">Receives the values.</param>
    internal static void Decode(ReadOnlySpan<float> table, float scale, byte* packed, int count, float* target)
    {
        int done = Avx512F.IsSupported ? DecodeSixteens(table, scale, packed, count, target)
            : Avx2.IsSupported ? DecodeEights(table, scale, packed, count, target)
            : 0;
        for (int i = done; i < count; i++)
        {
            target[i] = table[CodeAt(packed, i)] * scale;
        }
    }

    /// <summary>Decodes a block to bfloat16.</summary>
    /// <inheritdoc cref="Decode(ReadOnlySpan{float}, float, byte*, int, float*)"/>
    internal static void Decode(ReadOnlySpan<float> table, float scale, byte* packed, int count, ushort* target)
    {
        int done = Avx512BW.IsSupported ? DecodeThirtyTwos(table, scale, packed, count, target)
            : Vector128.IsHardwareAccelerated ? DecodeBytes(table, scale, packed, count, target)
            : 0;
        for (int i = done; i < count; i++)
        {
            target[i] = BlockTarget.Rounded(table[CodeAt(packed, i)] * scale);
        }
    }

    private static int CodeAt(byte* packed, int index) => (index & 1) == 0 ? packed[index >> 1] >> 4 : packed[index >> 1] & 15;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int DecodeSixteens(ReadOnlySpan<float> table, float scale, byte* packed, int count, float* target)
    {
        Vector512<float> values = Vector512.Create(table) * scale;
        int i = 0;
        for (; i + 16 <= count; i += 16)
        {
            Vector512<int> codes = Avx512F.ConvertToVector512Int32(Codes(Vector128.CreateScalarUnsafe(Unsafe.ReadUnaligned<ulong>(packed + (i >> 1))).AsByte()).Lower);
            Avx512F.PermuteVar16x32(values, codes).Store(target + i);
        }

        return i;
    }

    // Four bytes contain eight codes. The permutation uses the lowest three bits of a code; the blend uses the fourth, shifted to the sign bit.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int DecodeEights(ReadOnlySpan<float> table, float scale, byte* packed, int count, float* target)
    {
        Vector256<float> lower = Vector256.Create(table) * scale;
        Vector256<float> upper = Vector256.Create(table[8..]) * scale;
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

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int DecodeThirtyTwos(ReadOnlySpan<float> table, float scale, byte* packed, int count, ushort* target)
    {
        Vector256<ushort> values = Avx512F.ConvertToVector256UInt16(BlockTarget.Rounded(Vector512.Create(table) * scale));
        Vector512<ushort> twice = Vector512.Create(values, values);
        int i = 0;
        for (; i + 32 <= count; i += 32)
        {
            (Vector128<byte> lower, Vector128<byte> upper) = Codes(Vector128.Load(packed + (i >> 1)));
            Avx512BW.PermuteVar32x16(twice, Avx512BW.ConvertToVector512UInt16(Vector256.Create(lower, upper))).Store(target + i);
        }

        return i;
    }

    // The lower and the upper bytes of the values are two tables of sixteen bytes.
    private static int DecodeBytes(ReadOnlySpan<float> table, float scale, byte* packed, int count, ushort* target)
    {
        Vector256<uint> first = BlockTarget.Rounded(Vector256.Create(table) * scale);
        Vector256<uint> second = BlockTarget.Rounded(Vector256.Create(table[8..]) * scale);
        Vector256<ushort> values = Vector256.Narrow(first, second);
        Vector256<ushort> lows = values & Vector256.Create((ushort)0xFF);
        Vector256<ushort> highs = values >> 8;
        Vector128<byte> lowBytes = Vector128.Narrow(lows.GetLower(), lows.GetUpper());
        Vector128<byte> highBytes = Vector128.Narrow(highs.GetLower(), highs.GetUpper());
        int i = 0;
        for (; i + 16 <= count; i += 16)
        {
            Vector128<byte> codes = Codes(Vector128.CreateScalar(Unsafe.ReadUnaligned<ulong>(packed + (i >> 1))).AsByte()).Lower;
            (Vector128<ushort> lowA, Vector128<ushort> lowB) = Vector128.Widen(Vector128.ShuffleNative(lowBytes, codes));
            (Vector128<ushort> highA, Vector128<ushort> highB) = Vector128.Widen(Vector128.ShuffleNative(highBytes, codes));
            (lowA | (highA << 8)).Store(target + i);
            (lowB | (highB << 8)).Store(target + i + 8);
        }

        return i;
    }

    // The codes of sixteen bytes in order. With bytes in the lower half only, their codes are the lower result.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector128<byte> Lower, Vector128<byte> Upper) Codes(Vector128<byte> bytes)
    {
        Vector128<byte> mask = Vector128.Create((byte)15);
        Vector128<byte> even = (bytes.AsUInt16() >> 4).AsByte() & mask;
        Vector128<byte> odd = bytes & mask;
        if (Sse2.IsSupported)
        {
            return (Sse2.UnpackLow(even, odd), Sse2.UnpackHigh(even, odd));
        }

        (Vector128<ushort> evenA, Vector128<ushort> evenB) = Vector128.Widen(even);
        (Vector128<ushort> oddA, Vector128<ushort> oddB) = Vector128.Widen(odd);
        return ((evenA | (oddA << 8)).AsByte(), (evenB | (oddB << 8)).AsByte());
    }
}
