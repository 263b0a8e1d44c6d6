using System.Numerics;
using System.Runtime.InteropServices;

namespace Peft.Declarative.Quantization;

/// <summary>The greatest absolute value of a block, by which its elements are divided.</summary>
internal static class BlockScale
{
    /// <summary>Greatest absolute value; what is no number wins, as in the reference.</summary>
    internal static float Of(ReadOnlySpan<float> block)
    {
        ReadOnlySpan<Vector<float>> vectors = MemoryMarshal.Cast<float, Vector<float>>(block);
        Vector<float> greatest = Vector<float>.Zero;
        foreach (Vector<float> vector in vectors)
        {
            greatest = Vector.Max(greatest, Vector.Abs(vector));
        }

        float result = 0;
        for (int i = 0; i < Vector<float>.Count; i++)
        {
            result = MathF.Max(result, greatest[i]);
        }

        foreach (float value in block[(vectors.Length * Vector<float>.Count)..])
        {
            result = MathF.Max(result, MathF.Abs(value));
        }

        return result;
    }
}
