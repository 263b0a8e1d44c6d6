using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Peft.Declarative.Native;

/// <summary>Transposes eight rows of eight numbers in registers.</summary>
internal static unsafe class SquareTile
{
    /// <summary>The rows, and the numbers of each.</summary>
    internal const int Side = 8;

    /// <summary>Transposes numbers times a factor.</summary>
    /// <typeparam name="T"><see cref="float"/>, or <see cref="ushort"/> for bfloat16.</typeparam>
    /// <param name="from">The numbers.</param>
    /// <param name="fromRow">The distance of two of their rows.</param>
    /// <param name="to">Receives the transposed ones.</param>
    /// <param name="toRow">The distance of two rows of these.</param>
    /// <param name="factor">The factor.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Transpose<T>(T* from, long fromRow, float* to, long toRow, float factor)
        where T : unmanaged
    {
        // Pairs of numbers, then of pairs, then of halves.
        Vector256<float> factors = Vector256.Create(factor);
        (Vector256<float> a, Vector256<float> b) = Interleave(from, fromRow, factors);
        (Vector256<float> c, Vector256<float> d) = Interleave(from + (2 * fromRow), fromRow, factors);
        (Vector256<float> e, Vector256<float> f) = Interleave(from + (4 * fromRow), fromRow, factors);
        (Vector256<float> g, Vector256<float> h) = Interleave(from + (6 * fromRow), fromRow, factors);
        Halves(a, c, e, g, to, toRow);
        Halves(b, d, f, h, to + (2 * toRow), toRow);
    }

    /// <summary>Eight numbers that lie side by side, as float32.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector256<float> Load<T>(T* from)
        where T : unmanaged => typeof(T) == typeof(float)
        ? Vector256.Load((float*)from)
        : (Avx2.ConvertToVector256Int32((ushort*)from) << 16).AsSingle();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector256<float> Low, Vector256<float> High) Interleave<T>(T* from, long row, Vector256<float> factors)
        where T : unmanaged
    {
        Vector256<float> even = Load(from) * factors;
        Vector256<float> odd = Load(from + row) * factors;
        return (Avx.UnpackLow(even, odd), Avx.UnpackHigh(even, odd));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Halves(Vector256<float> a, Vector256<float> c, Vector256<float> e, Vector256<float> g, float* to, long row)
    {
        Vector256<float> first = Avx.Shuffle(a, c, 0x44);
        Vector256<float> second = Avx.Shuffle(a, c, 0xEE);
        Vector256<float> third = Avx.Shuffle(e, g, 0x44);
        Vector256<float> fourth = Avx.Shuffle(e, g, 0xEE);
        Vector256.Create(first.GetLower(), third.GetLower()).Store(to);
        Vector256.Create(second.GetLower(), fourth.GetLower()).Store(to + row);
        Vector256.Create(first.GetUpper(), third.GetUpper()).Store(to + (4 * row));
        Vector256.Create(second.GetUpper(), fourth.GetUpper()).Store(to + (5 * row));
    }
}
