using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Peft.Declarative.Quantization;

/// <summary>The scales of blocks in host memory: float32 values, or 8-bit codes that are multiplied by a second scale and added to the mean.</summary>
internal readonly unsafe struct BlockScales
{
    private readonly float* _plain;
    private readonly byte* _codes;
    private readonly float* _nested;
    private readonly float _offset;
    private readonly float[] _map;
    private readonly int _nestedBlock;
    private readonly long _first;

    internal BlockScales(float* plain)
    {
        _plain = plain;
        _map = [];
    }

    internal BlockScales(byte* codes, float* nested, int nestedBlock, float offset)
    {
        _nestedBlock = nestedBlock;
        _codes = codes;
        _nested = nested;
        _offset = offset;
        _map = CodeTable.SignedDynamic.Values;
    }

    private BlockScales(BlockScales scales, long first)
    {
        this = scales;
        _first += first;
    }

    internal float this[long block] => _codes is null
        ? _plain[_first + block]
        : (_map[_codes[_first + block]] * _nested[(_first + block) / _nestedBlock]) + _offset;

    /// <summary>The scales from a block on, which gets the number 0.</summary>
    internal BlockScales From(long block) => new(this, block);

    /// <summary>Reads the scales of consecutive blocks.</summary>
    internal void Read(long first, Span<float> scales)
    {
        first += _first;
        if (_codes is null)
        {
            new ReadOnlySpan<float>(_plain + first, scales.Length).CopyTo(scales);
            return;
        }

        for (int done = 0; done < scales.Length;)
        {
            float nested = _nested[(first + done) / _nestedBlock];
            int end = (int)Math.Min(scales.Length, done + _nestedBlock - ((first + done) % _nestedBlock));
            fixed (float* map = _map)
            {
                for (; Avx2.IsSupported && done + 8 <= end; done += 8)
                {
                    Vector256<float> values = Avx2.GatherVector256(map, Avx2.ConvertToVector256Int32(_codes + first + done), sizeof(float));
                    ((values * nested) + Vector256.Create(_offset)).CopyTo(scales[done..]);
                }
            }

            for (; done < end; done++)
            {
                scales[done] = (_map[_codes[first + done]] * nested) + _offset;
            }
        }
    }
}

/// <summary>The scale of a block: its greatest absolute value, by which the elements are divided.</summary>
internal static class BlockScale
{
    /// <summary>The greatest absolute value; NaN if the block contains NaN, as in bitsandbytes.</summary>
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
