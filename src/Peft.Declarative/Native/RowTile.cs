using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Peft.Declarative.Native;

/// <summary>
/// Inner products of rows with rows in host memory. Where vectors have 512 bits, four rows are multiplied with four at a time: sixteen products of eight loads, so
/// that multiplying takes the time and not loading.
/// </summary>
internal static unsafe class RowTile
{
    /// <summary>The number of rows on either side of a tile.</summary>
    internal const int Size = 4;

    private const int Width = 16;    // elements of a vector

    private static bool IsSupported => Vector512.IsHardwareAccelerated && Avx512F.IsSupported;

    /// <summary>Multiplies every row on the left with every row on the right.</summary>
    /// <typeparam name="T"><see cref="float"/>, or <see cref="ushort"/> for bfloat16.</typeparam>
    /// <param name="left">The left rows, <paramref name="count"/> elements each.</param>
    /// <param name="rows">Their number.</param>
    /// <param name="right">The right rows, <paramref name="count"/> elements each.</param>
    /// <param name="outputs">Their number.</param>
    /// <param name="count">The number of elements of a row.</param>
    /// <param name="target">Receives the products: those of a left row are side by side.</param>
    /// <param name="step">The distance of the products of two left rows.</param>
    internal static void Multiply<T>(float* left, long rows, T* right, long outputs, long count, float* target, long step)
        where T : unmanaged
    {
        long output = 0;
        if (IsSupported)
        {
            long tiled = rows - (rows % Size);
            for (; tiled > 0 && output + Size <= outputs; output += Size)
            {
                T* weights = right + (output * count);
                for (long row = 0; row < tiled; row += Size)
                {
                    OfSixteen(left + (row * count), weights, count, target + (row * step) + output, step);
                }

                for (int i = 0; i < Size && tiled < rows; i++)
                {
                    DotProduct.OfRows(left + (tiled * count), rows - tiled, weights + (i * count), count, target + (tiled * step) + output + i, step);
                }
            }
        }

        for (; output < outputs; output++)
        {
            DotProduct.OfRows(left, rows, right + (output * count), count, target + output, step);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void OfSixteen<T>(float* left, T* right, long count, float* target, long step)
        where T : unmanaged
    {
        float* second = left + count, third = second + count, fourth = third + count;
        T* right2 = right + count, right3 = right2 + count, right4 = right3 + count;
        Vector512<float> a1 = default, a2 = default, a3 = default, a4 = default, b1 = default, b2 = default, b3 = default, b4 = default;
        Vector512<float> c1 = default, c2 = default, c3 = default, c4 = default, d1 = default, d2 = default, d3 = default, d4 = default;
        long i = 0;
        for (; i + Width <= count; i += Width)
        {
            Vector512<float> w1 = Load(right + i), w2 = Load(right2 + i), w3 = Load(right3 + i), w4 = Load(right4 + i);
            Vector512<float> x = Vector512.Load(left + i);
            (a1, a2) = (Vector512.FusedMultiplyAdd(x, w1, a1), Vector512.FusedMultiplyAdd(x, w2, a2));
            (a3, a4) = (Vector512.FusedMultiplyAdd(x, w3, a3), Vector512.FusedMultiplyAdd(x, w4, a4));
            x = Vector512.Load(second + i);
            (b1, b2) = (Vector512.FusedMultiplyAdd(x, w1, b1), Vector512.FusedMultiplyAdd(x, w2, b2));
            (b3, b4) = (Vector512.FusedMultiplyAdd(x, w3, b3), Vector512.FusedMultiplyAdd(x, w4, b4));
            x = Vector512.Load(third + i);
            (c1, c2) = (Vector512.FusedMultiplyAdd(x, w1, c1), Vector512.FusedMultiplyAdd(x, w2, c2));
            (c3, c4) = (Vector512.FusedMultiplyAdd(x, w3, c3), Vector512.FusedMultiplyAdd(x, w4, c4));
            x = Vector512.Load(fourth + i);
            (d1, d2) = (Vector512.FusedMultiplyAdd(x, w1, d1), Vector512.FusedMultiplyAdd(x, w2, d2));
            (d3, d4) = (Vector512.FusedMultiplyAdd(x, w3, d3), Vector512.FusedMultiplyAdd(x, w4, d4));
        }

        VectorSums.OfFour(a1, a2, a3, a4).Store(target);
        VectorSums.OfFour(b1, b2, b3, b4).Store(target + step);
        VectorSums.OfFour(c1, c2, c3, c4).Store(target + (2 * step));
        VectorSums.OfFour(d1, d2, d3, d4).Store(target + (3 * step));
        for (; i < count; i++)
        {
            for (int output = 0; output < Size; output++)
            {
                float weight = DotProduct.Value(right[(output * count) + i]);
                for (int row = 0; row < Size; row++)
                {
                    target[(row * step) + output] += left[(row * count) + i] * weight;
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Load<T>(T* from)
        where T : unmanaged => typeof(T) == typeof(float)
        ? Vector512.Load((float*)from)
        : (Avx512F.ConvertToVector512UInt32(Vector256.Load((ushort*)from)) << 16).AsSingle();
}
