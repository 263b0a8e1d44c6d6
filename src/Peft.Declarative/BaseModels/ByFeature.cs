using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Peft.Declarative.BaseModels;

/// <summary>
/// The rows of a head stored by feature: [features, tile] for each tile of rows, one after another, so that whatever their number a tile's features are side by side.
/// </summary>
/// <param name="features">The features of a stored row, zeros after those of the head.</param>
/// <param name="tile">The rows of a tile, a multiple of 8. The last one is filled up with zeros.</param>
internal readonly unsafe struct ByFeature(int features, int tile)
{
    // Of the square that is transposed at once.
    private const int Side = 8;

    /// <summary>The numbers that rows need, in full tiles.</summary>
    internal long Size(int rows) => (long)((rows + tile - 1) / tile) * tile * features;

    /// <summary>Stores rows times a factor.</summary>
    internal void Put(HeadRows rows, float factor, float* target)
    {
        if (rows.Width < features || rows.Count % tile != 0)
        {
            new Span<float>(target, checked((int)Size(rows.Count))).Clear();
        }

        int i = 0;
        for (; i + Side <= rows.Count; i += Side)
        {
            int d = 0;
            for (; d + Side <= rows.Width; d += Side)
            {
                Turn(rows.At(i) + d, rows.Step, target + Place(i, d), tile, Vector256.Create(factor));
            }

            PutOneByOne(rows, i, i + Side, d, factor, target);
        }

        PutOneByOne(rows, i, rows.Count, 0, factor, target);
    }

    /// <summary>Writes what is stored, times a factor, to rows.</summary>
    internal void Take(float* source, float factor, HeadRows rows)
    {
        int i = 0;
        for (; i + Side <= rows.Count; i += Side)
        {
            int d = 0;
            for (; d + Side <= rows.Width; d += Side)
            {
                Turn(source + Place(i, d), tile, rows.At(i) + d, rows.Step, Vector256.Create(factor));
            }

            TakeOneByOne(source, i, i + Side, d, factor, rows);
        }

        TakeOneByOne(source, i, rows.Count, 0, factor, rows);
    }

    private void PutOneByOne(HeadRows rows, int from, int to, int feature, float factor, float* target)
    {
        for (int i = from; i < to; i++)
        {
            for (int d = feature; d < rows.Width; d++)
            {
                target[Place(i, d)] = factor * rows.At(i)[d];
            }
        }
    }

    private void TakeOneByOne(float* source, int from, int to, int feature, float factor, HeadRows rows)
    {
        for (int i = from; i < to; i++)
        {
            for (int d = feature; d < rows.Width; d++)
            {
                rows.At(i)[d] = factor * source[Place(i, d)];
            }
        }
    }

    private long Place(int row, int feature) => ((long)(row / tile) * tile * features) + (feature * tile) + (row % tile);

    // Transposes 8 rows of 8: pairs of numbers, then of pairs, then of halves.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Turn(float* from, long fromStep, float* to, long toStep, Vector256<float> factor)
    {
        (Vector256<float> a, Vector256<float> b) = Interleave(from, fromStep, 0);
        (Vector256<float> c, Vector256<float> d) = Interleave(from, fromStep, 2);
        (Vector256<float> e, Vector256<float> f) = Interleave(from, fromStep, 4);
        (Vector256<float> g, Vector256<float> h) = Interleave(from, fromStep, 6);
        Halves(a, c, e, g, to, toStep, factor);
        Halves(b, d, f, h, to + (2 * toStep), toStep, factor);
    }

    private static (Vector256<float> Low, Vector256<float> High) Interleave(float* from, long step, int row)
    {
        Vector256<float> even = Vector256.Load(from + (row * step));
        Vector256<float> odd = Vector256.Load(from + ((row + 1) * step));
        return (Avx.UnpackLow(even, odd), Avx.UnpackHigh(even, odd));
    }

    private static void Halves(
        Vector256<float> a, Vector256<float> c, Vector256<float> e, Vector256<float> g, float* to, long step, Vector256<float> factor)
    {
        Vector256<float> first = Avx.Shuffle(a, c, 0x44) * factor;
        Vector256<float> second = Avx.Shuffle(a, c, 0xEE) * factor;
        Vector256<float> third = Avx.Shuffle(e, g, 0x44) * factor;
        Vector256<float> fourth = Avx.Shuffle(e, g, 0xEE) * factor;
        Vector256.Create(first.GetLower(), third.GetLower()).Store(to);
        Vector256.Create(second.GetLower(), fourth.GetLower()).Store(to + step);
        Vector256.Create(first.GetUpper(), third.GetUpper()).Store(to + (4 * step));
        Vector256.Create(second.GetUpper(), fourth.GetUpper()).Store(to + (5 * step));
    }
}
