using System.Numerics;
using System.Runtime.CompilerServices;

namespace Peft.Declarative.Native;

/// <summary>
/// Inner products of vectors in host memory, in float32, with several sums side by side so that one addition does not wait for the last. The right side is float32,
/// or bfloat16, whose values are the upper halves of float32 values.
/// </summary>
internal static unsafe class DotProduct
{
    /// <summary>The number of rows that <see cref="OfFour"/> multiplies.</summary>
    internal const int Four = 4;

    /// <summary>The inner product of two vectors.</summary>
    /// <typeparam name="T"><see cref="float"/>, or <see cref="ushort"/> for bfloat16.</typeparam>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static float Of<T>(float* left, T* right, long count)
        where T : unmanaged
    {
        int width = Vector<float>.Count;
        Vector<float> a = Vector<float>.Zero, b = Vector<float>.Zero, c = Vector<float>.Zero, d = Vector<float>.Zero;
        long i = 0;
        for (; i + (4 * width) <= count; i += 4 * width)
        {
            Load(right + i, out Vector<float> first, out Vector<float> second);
            Load(right + i + (2 * width), out Vector<float> third, out Vector<float> fourth);
            a = Vector.FusedMultiplyAdd(Vector.Load(left + i), first, a);
            b = Vector.FusedMultiplyAdd(Vector.Load(left + i + width), second, b);
            c = Vector.FusedMultiplyAdd(Vector.Load(left + i + (2 * width)), third, c);
            d = Vector.FusedMultiplyAdd(Vector.Load(left + i + (3 * width)), fourth, d);
        }

        float sum = Vector.Sum(a + b + (c + d));
        for (; i < count; i++)
        {
            sum += left[i] * Value(right[i]);
        }

        return sum;
    }

    /// <summary>The inner products of four rows with one vector, which is loaded once for all of them.</summary>
    /// <param name="left">The rows, <paramref name="count"/> elements each.</param>
    /// <param name="right">The vector.</param>
    /// <param name="count">The number of elements.</param>
    /// <param name="target">Receives the products.</param>
    /// <param name="step">The distance of two products.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void OfFour<T>(float* left, T* right, long count, float* target, long step)
        where T : unmanaged
    {
        int width = Vector<float>.Count;
        float* second = left + count, third = second + count, fourth = third + count;
        Vector<float> a = Vector<float>.Zero, b = Vector<float>.Zero, c = Vector<float>.Zero, d = Vector<float>.Zero;
        Vector<float> e = Vector<float>.Zero, f = Vector<float>.Zero, g = Vector<float>.Zero, h = Vector<float>.Zero;
        long i = 0;
        for (; i + (2 * width) <= count; i += 2 * width)
        {
            Load(right + i, out Vector<float> lower, out Vector<float> upper);
            a = Vector.FusedMultiplyAdd(Vector.Load(left + i), lower, a);
            b = Vector.FusedMultiplyAdd(Vector.Load(left + i + width), upper, b);
            c = Vector.FusedMultiplyAdd(Vector.Load(second + i), lower, c);
            d = Vector.FusedMultiplyAdd(Vector.Load(second + i + width), upper, d);
            e = Vector.FusedMultiplyAdd(Vector.Load(third + i), lower, e);
            f = Vector.FusedMultiplyAdd(Vector.Load(third + i + width), upper, f);
            g = Vector.FusedMultiplyAdd(Vector.Load(fourth + i), lower, g);
            h = Vector.FusedMultiplyAdd(Vector.Load(fourth + i + width), upper, h);
        }

        (float one, float two, float three, float four) = (Vector.Sum(a + b), Vector.Sum(c + d), Vector.Sum(e + f), Vector.Sum(g + h));
        for (; i < count; i++)
        {
            float value = Value(right[i]);
            (one, two, three, four) = (one + (left[i] * value), two + (second[i] * value), three + (third[i] * value), four + (fourth[i] * value));
        }

        (target[0], target[step], target[2 * step], target[3 * step]) = (one, two, three, four);
    }

    /// <summary>The inner products of any number of rows with one vector.</summary>
    internal static void OfRows<T>(float* left, long rows, T* right, long count, float* target, long step)
        where T : unmanaged
    {
        long row = 0;
        for (; row + Four <= rows; row += Four)
        {
            OfFour(left + (row * count), right, count, target + (row * step), step);
        }

        for (; row < rows; row++)
        {
            target[row * step] = Of(left + (row * count), right, count);
        }
    }

    // The compiler knows the type, so nothing of the question remains.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Load<T>(T* from, out Vector<float> first, out Vector<float> second)
        where T : unmanaged
    {
        if (typeof(T) == typeof(float))
        {
            (first, second) = (Vector.Load((float*)from), Vector.Load((float*)from + Vector<float>.Count));
            return;
        }

        Vector.Widen(Vector.Load((ushort*)from), out Vector<uint> lower, out Vector<uint> upper);
        (first, second) = ((lower << 16).As<uint, float>(), (upper << 16).As<uint, float>());
    }

    /// <summary>An element as float32.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static float Value<T>(T value)
        where T : unmanaged =>
        typeof(T) == typeof(float) ? *(float*)&value : BitConverter.UInt32BitsToSingle((uint)*(ushort*)&value << 16);
}
