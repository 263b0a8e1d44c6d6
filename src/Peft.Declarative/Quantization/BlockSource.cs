using Peft.Declarative.Native;
using static TorchSharp.torch;

namespace Peft.Declarative.Quantization;

/// <summary>
/// Reads elements in host memory as float32, one block at a time. Converting the whole tensor would need twice its memory and fragment the heap.
/// </summary>
internal readonly unsafe struct BlockSource
{
    private readonly void* _elements;
    private readonly ScalarType _type;

    /// <param name="elements">The first element.</param>
    /// <param name="type">float32, bfloat16 or float16.</param>
    internal BlockSource(void* elements, ScalarType type)
    {
        _elements = elements;
        _type = type;
    }

    /// <summary>Determines whether elements of a type can be read.</summary>
    internal static bool Reads(ScalarType type) => type is ScalarType.Float32 or ScalarType.BFloat16 or ScalarType.Float16;

    /// <summary>Reads a block. The result is the memory of the elements itself for float32, and otherwise <paramref name="buffer"/> with the converted values.</summary>
    internal ReadOnlySpan<float> Read(long start, int count, Span<float> buffer)
    {
        switch (_type)
        {
            case ScalarType.BFloat16:
                fixed (float* target = buffer[..count])
                {
                    BFloat16Elements.Widen((ushort*)_elements + start, target, count);
                }

                return buffer[..count];
            case ScalarType.Float16:
                var halves = new ReadOnlySpan<Half>((Half*)_elements + start, count);
                for (int i = 0; i < count; i++)
                {
                    buffer[i] = (float)halves[i];
                }

                return buffer[..count];
            default:
                return new ReadOnlySpan<float>((float*)_elements + start, count);
        }
    }
}
