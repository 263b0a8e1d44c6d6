using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Peft.Declarative.Quantization;

/// <summary>
/// Looks up 4-bit codes, two per byte with the first one in the upper half, in a table of sixteen values. A table fits into one or two vectors, so that one
/// instruction looks up a whole vector of codes.
/// </summary>
internal static unsafe class FourBitDecoder
{
    /// <summary>Decodes to float32.</summary>
    /// <param name="values">The sixteen values.</param>
    /// <param name="packed">The codes.</param>
    /// <param name="count">The number of codes.</param>
    /// <param name="target">Receives the values.</param>
    internal static void Decode(ReadOnlySpan<float> values, byte* packed, int count, float* target)
    {
        int done = Avx512F.IsSupported ? DecodeSixteens(values, packed, count, target)
            : Avx2.IsSupported ? DecodeEights(values, packed, count, target)
            : 0;
        for (int i = done; i < count; i++)
        {
            target[i] = values[CodeAt(packed, i)];
        }
    }

    /// <summary>Decodes to bfloat16.</summary>
    /// <param name="values">The sixteen values, with room for as many behind them.</param>
    /// <param name="packed">The codes.</param>
    /// <param name="count">The number of codes.</param>
    /// <param name="target">Receives the values.</param>
    internal static void Decode(ushort* values, byte* packed, int count, ushort* target)
    {
        int done = Avx512BW.IsSupported ? DecodeThirtyTwos(values, packed, count, target)
            : Vector128.IsHardwareAccelerated ? DecodeBytes(values, packed, count, target)
            : 0;
        for (int i = done; i < count; i++)
        {
            target[i] = values[CodeAt(packed, i)];
        }
    }

    private static int CodeAt(byte* packed, int index) => (index & 1) == 0 ? packed[index >> 1] >> 4 : packed[index >> 1] & 15;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int DecodeSixteens(ReadOnlySpan<float> values, byte* packed, int count, float* target)
    {
        Vector512<float> table = Vector512.Create(values);
        int i = 0;
        for (; i + 16 <= count; i += 16)
        {
            Vector512<int> codes = Avx512F.ConvertToVector512Int32(Codes(Vector128.CreateScalarUnsafe(Unsafe.ReadUnaligned<ulong>(packed + (i >> 1))).AsByte()).Lower);
            Avx512F.PermuteVar16x32(table, codes).Store(target + i);
        }

        return i;
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

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int DecodeThirtyTwos(ushort* values, byte* packed, int count, ushort* target)
    {
        Vector512<ushort> table = Vector512.Load(values);
        int i = 0;
        for (; i + 32 <= count; i += 32)
        {
            (Vector128<byte> lower, Vector128<byte> upper) = Codes(Vector128.Load(packed + (i >> 1)));
            Avx512BW.PermuteVar32x16(table, Avx512BW.ConvertToVector512UInt16(Vector256.Create(lower, upper))).Store(target + i);
        }

        return i;
    }

    // The lower and the upper bytes of the values are two tables of sixteen bytes.
    private static int DecodeBytes(ushort* values, byte* packed, int count, ushort* target)
    {
        Vector128<ushort> first = Vector128.Load(values);
        Vector128<ushort> second = Vector128.Load(values + 8);
        Vector128<byte> lowBytes = Vector128.Narrow(first & Vector128.Create((ushort)0xFF), second & Vector128.Create((ushort)0xFF));
        Vector128<byte> highBytes = Vector128.Narrow(first >> 8, second >> 8);
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
