using System.Numerics;

namespace Peft.Declarative.Native;

/// <summary>Converts elements between bfloat16, whose bits are the upper half of those of float32, and float32.</summary>
internal static unsafe class BFloat16Elements
{
    private const uint NotANumber = 0x7FC0;
    private const uint JustBelowHalf = 0x7FFF;

    /// <summary>Converts bfloat16 to float32, which is exact.</summary>
    internal static void Widen(ushort* from, float* to, int count)
    {
        int i = 0;
        for (; i + Vector<ushort>.Count <= count; i += Vector<ushort>.Count)
        {
            Vector.Widen(Vector.Load(from + i), out Vector<uint> lower, out Vector<uint> upper);
            Vector.Store((lower << 16).As<uint, float>(), to + i);
            Vector.Store((upper << 16).As<uint, float>(), to + i + Vector<float>.Count);
        }

        for (; i < count; i++)
        {
            to[i] = BitConverter.UInt32BitsToSingle((uint)from[i] << 16);
        }
    }

    /// <summary>Rounds float32 to the nearest bfloat16, and to the even one of two.</summary>
    internal static void Narrow(float* from, ushort* to, int count)
    {
        int i = 0;
        for (; i + Vector<ushort>.Count <= count; i += Vector<ushort>.Count)
        {
            Vector.Store(Vector.Narrow(Rounded(Vector.Load(from + i)), Rounded(Vector.Load(from + i + Vector<float>.Count))), to + i);
        }

        for (; i < count; i++)
        {
            uint bits = BitConverter.SingleToUInt32Bits(from[i]);
            to[i] = (ushort)(float.IsNaN(from[i]) ? NotANumber : (bits + JustBelowHalf + ((bits >> 16) & 1)) >> 16);
        }
    }

    // The upper halves. Rounding the bits of a NaN up could make it infinite.
    private static Vector<uint> Rounded(Vector<float> numbers)
    {
        Vector<uint> bits = numbers.As<float, uint>();
        Vector<uint> rounded = (bits + new Vector<uint>(JustBelowHalf) + ((bits >> 16) & Vector<uint>.One)) >> 16;
        return Vector.ConditionalSelect(Vector.Equals(numbers, numbers).As<int, uint>(), rounded, new Vector<uint>(NotANumber));
    }
}
