using System.Numerics;
using System.Runtime.InteropServices;

namespace Peft.Declarative.Quantization;

/// <summary>Scales of blocks in host memory: plain numbers, or codes of the dynamic map times a second scale, around their mean.</summary>
internal readonly unsafe struct BlockScales
{
    private readonly float* _plain;
    private readonly byte* _codes;
    private readonly float* _nested;
    private readonly float _offset;
    private readonly float[] _map;

    internal BlockScales(float* plain)
    {
        _plain = plain;
        _map = [];
    }

    internal BlockScales(byte* codes, float* nested, float offset)
    {
        _codes = codes;
        _nested = nested;
        _offset = offset;
        _map = CodeTable.SignedDynamic.Values;
    }

    internal float this[long block] =>
        _codes is null ? _plain[block] : (_map[_codes[block]] * _nested[block / QuantizedSize.NestedBlockSize]) + _offset;
}

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
