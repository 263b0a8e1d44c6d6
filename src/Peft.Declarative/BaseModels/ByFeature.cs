using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Peft.Declarative.Layers;

namespace Peft.Declarative.BaseModels;

/// <summary>
/// The rows of a head, at most 8 wide, stored for <see cref="Features{TLanes, TVector}"/>: [8, lanes] for each vector of rows, one after another, so that
/// whatever their number a vector's features are side by side.
/// </summary>
/// <typeparam name="TLanes">The vector's operations.</typeparam>
/// <typeparam name="TVector">The vector.</typeparam>
internal static unsafe class ByFeature<TLanes, TVector>
    where TLanes : ILanes<TVector>
    where TVector : struct
{
    private const int Width = NarrowHead.Width;

    /// <summary>The numbers that rows need, in full vectors.</summary>
    internal static int Size(int rows) => (rows + TLanes.Count - 1) / TLanes.Count * TLanes.Count * Width;

    /// <summary>Stores rows times a factor, and zeros beside and after them.</summary>
    internal static void Put(HeadRows rows, float factor, float* target)
    {
        new Span<float>(target, Size(rows.Count)).Clear();
        int i = 0;
        for (; rows.Width == Width && i + Width <= rows.Count; i += Width)
        {
            Turn(rows.At(i), rows.Step, target + Place(i), TLanes.Count, Vector256.Create(factor));
        }

        for (; i < rows.Count; i++)
        {
            for (int d = 0; d < rows.Width; d++)
            {
                target[Place(i) + (d * TLanes.Count)] = factor * rows.At(i)[d];
            }
        }
    }

    /// <summary>Writes what is stored, times a factor, to rows.</summary>
    internal static void Take(float* source, float factor, HeadRows rows)
    {
        int i = 0;
        for (; rows.Width == Width && i + Width <= rows.Count; i += Width)
        {
            Turn(source + Place(i), TLanes.Count, rows.At(i), rows.Step, Vector256.Create(factor));
        }

        for (; i < rows.Count; i++)
        {
            for (int d = 0; d < rows.Width; d++)
            {
                rows.At(i)[d] = factor * source[Place(i) + (d * TLanes.Count)];
            }
        }
    }

    // Of a row's first feature.
    private static int Place(int row) => (row / TLanes.Count * TLanes.Count * Width) + (row % TLanes.Count);

    // Transposes 8 rows of 8: pairs of numbers, then of pairs, then of halves.
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
