using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Peft.Declarative.Native;
using static TorchSharp.torch;

namespace Peft.Declarative.Quantization;

/// <summary>Writes elements to host memory in float32, or rounded to bfloat16, one block at a time.</summary>
internal readonly unsafe struct BlockTarget
{
    private readonly void* _elements;

    /// <param name="elements">The first element.</param>
    /// <param name="type">float32 or bfloat16.</param>
    internal BlockTarget(void* elements, ScalarType type)
    {
        _elements = elements;
        IsBFloat16 = type == ScalarType.BFloat16;
    }

    /// <summary>Whether elements are rounded to bfloat16.</summary>
    internal bool IsBFloat16 { get; }

    /// <summary>Determines whether elements of a type can be written.</summary>
    internal static bool Writes(ScalarType type) => type is ScalarType.Float32 or ScalarType.BFloat16;

    /// <summary>The address of a float32 element.</summary>
    internal float* Floats(long start) => (float*)_elements + start;

    /// <summary>The address of a bfloat16 element.</summary>
    internal ushort* Halves(long start) => (ushort*)_elements + start;

    /// <summary>Where to write a block: the memory of the elements itself for float32, and otherwise <paramref name="buffer"/>, which <see cref="End"/> rounds.</summary>
    internal Span<float> Begin(long start, int count, Span<float> buffer) => IsBFloat16 ? buffer[..count] : new Span<float>(Floats(start), count);

    /// <summary>Ends a block.</summary>
    internal void End(long start, ReadOnlySpan<float> block)
    {
        if (IsBFloat16)
        {
            fixed (float* numbers = block)
            {
                BFloat16Elements.Narrow(numbers, Halves(start), block.Length);
            }
        }
    }

    /// <summary>Rounds a number to the nearest bfloat16, and to the even one of two: the upper half of a float32 number after adding half of its last digit.</summary>
    internal static ushort Rounded(float number)
    {
        uint bits = BitConverter.SingleToUInt32Bits(number);
        return (ushort)((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16);
    }

    /// <summary>The same of eight numbers, each in the lower half of an element.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector256<uint> Rounded(Vector256<float> numbers)
    {
        Vector256<uint> bits = numbers.AsUInt32();
        return (bits + Vector256.Create(0x7FFFu) + ((bits >> 16) & Vector256<uint>.One)) >> 16;
    }

    /// <summary>The same of sixteen numbers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector512<uint> Rounded(Vector512<float> numbers)
    {
        Vector512<uint> bits = numbers.AsUInt32();
        return (bits + Vector512.Create(0x7FFFu) + ((bits >> 16) & Vector512<uint>.One)) >> 16;
    }
}
