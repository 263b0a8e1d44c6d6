using System.Numerics;
using System.Runtime.CompilerServices;

namespace Peft.Declarative.Native;

/// <summary>Inner products of vectors in host memory, in float32, with several sums side by side so that one addition does not wait for the last.</summary>
internal static unsafe class DotProduct
{
    /// <summary>The inner product of float32 and bfloat16 values, which are the upper halves of float32 values.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static float Of(float* left, ushort* right, long count)
    {
        int width = Vector<float>.Count;
        Vector<float> a = Vector<float>.Zero, b = Vector<float>.Zero, c = Vector<float>.Zero, d = Vector<float>.Zero;
        long i = 0;
        for (; i + (4 * width) <= count; i += 4 * width)
        {
            Vector.Widen(Vector.Load(right + i), out Vector<uint> first, out Vector<uint> second);
            Vector.Widen(Vector.Load(right + i + (2 * width)), out Vector<uint> third, out Vector<uint> fourth);
            a = Vector.FusedMultiplyAdd(Vector.Load(left + i), (first << 16).As<uint, float>(), a);
            b = Vector.FusedMultiplyAdd(Vector.Load(left + i + width), (second << 16).As<uint, float>(), b);
            c = Vector.FusedMultiplyAdd(Vector.Load(left + i + (2 * width)), (third << 16).As<uint, float>(), c);
            d = Vector.FusedMultiplyAdd(Vector.Load(left + i + (3 * width)), (fourth << 16).As<uint, float>(), d);
        }

        float sum = Vector.Sum(a + b + (c + d));
        for (; i < count; i++)
        {
            sum += left[i] * BitConverter.UInt32BitsToSingle((uint)right[i] << 16);
        }

        return sum;
    }

    /// <summary>The inner product of float32 values.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static float Of(float* left, float* right, long count)
    {
        int width = Vector<float>.Count;
        Vector<float> a = Vector<float>.Zero, b = Vector<float>.Zero, c = Vector<float>.Zero, d = Vector<float>.Zero;
        long i = 0;
        for (; i + (4 * width) <= count; i += 4 * width)
        {
            a = Vector.FusedMultiplyAdd(Vector.Load(left + i), Vector.Load(right + i), a);
            b = Vector.FusedMultiplyAdd(Vector.Load(left + i + width), Vector.Load(right + i + width), b);
            c = Vector.FusedMultiplyAdd(Vector.Load(left + i + (2 * width)), Vector.Load(right + i + (2 * width)), c);
            d = Vector.FusedMultiplyAdd(Vector.Load(left + i + (3 * width)), Vector.Load(right + i + (3 * width)), d);
        }

        float sum = Vector.Sum(a + b + (c + d));
        for (; i < count; i++)
        {
            sum += left[i] * right[i];
        }

        return sum;
    }
}
