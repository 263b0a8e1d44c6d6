using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Peft.Declarative.Native.Panels;

/// <summary>
/// Products of six rows with a panel of 64 columns. The 24 sums stay in registers: for each element of the rows, four vectors of the panel are loaded once and
/// multiplied with all six.
/// </summary>
internal static unsafe class PanelTile
{
    /// <summary>The rows of a tile.</summary>
    internal const int Rows = 6;

    /// <summary>The columns of a tile.</summary>
    internal const int Columns = 4 * Width;

    /// <summary>The numbers of memory that <see cref="Multiply"/> needs for itself: for rows and for results.</summary>
    internal const int Scratch = Rows * (Panel.Depth + Columns);

    private const int Width = 16;   // elements of a vector

    /// <summary>Computes a product, or adds it to the result.</summary>
    /// <param name="left">The rows.</param>
    /// <param name="leftRow">The distance of two of them.</param>
    /// <param name="rows">Their number, at most <see cref="Rows"/>.</param>
    /// <param name="panel">The panel [depth, <see cref="Columns"/>].</param>
    /// <param name="depth">Its rows.</param>
    /// <param name="result">The result.</param>
    /// <param name="resultRow">The distance of two of its rows.</param>
    /// <param name="width">Its columns, at most <see cref="Columns"/>.</param>
    /// <param name="adds">Whether the product is added to what the result holds.</param>
    /// <param name="scratch">Memory for <see cref="Scratch"/> numbers.</param>
    internal static void Multiply(float* left, long leftRow, int rows, float* panel, int depth, float* result, long resultRow, int width, bool adds, float* scratch)
    {
        if (rows == Rows && width == Columns)
        {
            Whole(left, leftRow, panel, depth, result, resultRow, adds);
            return;
        }

        float* few = scratch;
        float* sums = few + (Rows * Panel.Depth);
        if (rows < Rows)
        {
            new Span<float>(few, Rows * depth).Clear();
            for (int r = 0; r < rows; r++)
            {
                new Span<float>(left + (r * leftRow), depth).CopyTo(new Span<float>(few + (r * depth), depth));
            }

            left = few;
            leftRow = depth;
        }

        Whole(left, leftRow, panel, depth, sums, Columns, adds: false);
        for (int r = 0; r < rows; r++)
        {
            Take(sums + (r * Columns), result + (r * resultRow), width, adds);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Take(float* sums, float* result, int width, bool adds)
    {
        int i = 0;
        for (; i + Width <= width; i += Width)
        {
            Vector512<float> sum = Vector512.Load(sums + i);
            (adds ? Vector512.Load(result + i) + sum : sum).Store(result + i);
        }

        for (; i < width; i++)
        {
            result[i] = adds ? result[i] + sums[i] : sums[i];
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Whole(float* left, long leftRow, float* panel, int depth, float* result, long resultRow, bool adds)
    {
        float* second = left + leftRow, third = second + leftRow, fourth = third + leftRow, fifth = fourth + leftRow, sixth = fifth + leftRow;
        Vector512<float> a1 = default, a2 = default, a3 = default, a4 = default;
        Vector512<float> b1 = default, b2 = default, b3 = default, b4 = default;
        Vector512<float> c1 = default, c2 = default, c3 = default, c4 = default;
        Vector512<float> d1 = default, d2 = default, d3 = default, d4 = default;
        Vector512<float> e1 = default, e2 = default, e3 = default, e4 = default;
        Vector512<float> f1 = default, f2 = default, f3 = default, f4 = default;
        for (nint k = 0; k < depth; k++, panel += Columns)
        {
            Vector512<float> w1 = Vector512.Load(panel), w2 = Vector512.Load(panel + Width), w3 = Vector512.Load(panel + (2 * Width)), w4 = Vector512.Load(panel + (3 * Width));
            Vector512<float> x = Vector512.Create(left[k]);
            (a1, a2) = (Vector512.FusedMultiplyAdd(x, w1, a1), Vector512.FusedMultiplyAdd(x, w2, a2));
            (a3, a4) = (Vector512.FusedMultiplyAdd(x, w3, a3), Vector512.FusedMultiplyAdd(x, w4, a4));
            x = Vector512.Create(second[k]);
            (b1, b2) = (Vector512.FusedMultiplyAdd(x, w1, b1), Vector512.FusedMultiplyAdd(x, w2, b2));
            (b3, b4) = (Vector512.FusedMultiplyAdd(x, w3, b3), Vector512.FusedMultiplyAdd(x, w4, b4));
            x = Vector512.Create(third[k]);
            (c1, c2) = (Vector512.FusedMultiplyAdd(x, w1, c1), Vector512.FusedMultiplyAdd(x, w2, c2));
            (c3, c4) = (Vector512.FusedMultiplyAdd(x, w3, c3), Vector512.FusedMultiplyAdd(x, w4, c4));
            x = Vector512.Create(fourth[k]);
            (d1, d2) = (Vector512.FusedMultiplyAdd(x, w1, d1), Vector512.FusedMultiplyAdd(x, w2, d2));
            (d3, d4) = (Vector512.FusedMultiplyAdd(x, w3, d3), Vector512.FusedMultiplyAdd(x, w4, d4));
            x = Vector512.Create(fifth[k]);
            (e1, e2) = (Vector512.FusedMultiplyAdd(x, w1, e1), Vector512.FusedMultiplyAdd(x, w2, e2));
            (e3, e4) = (Vector512.FusedMultiplyAdd(x, w3, e3), Vector512.FusedMultiplyAdd(x, w4, e4));
            x = Vector512.Create(sixth[k]);
            (f1, f2) = (Vector512.FusedMultiplyAdd(x, w1, f1), Vector512.FusedMultiplyAdd(x, w2, f2));
            (f3, f4) = (Vector512.FusedMultiplyAdd(x, w3, f3), Vector512.FusedMultiplyAdd(x, w4, f4));
        }

        Put(a1, a2, a3, a4, result, adds);
        Put(b1, b2, b3, b4, result + resultRow, adds);
        Put(c1, c2, c3, c4, result + (2 * resultRow), adds);
        Put(d1, d2, d3, d4, result + (3 * resultRow), adds);
        Put(e1, e2, e3, e4, result + (4 * resultRow), adds);
        Put(f1, f2, f3, f4, result + (5 * resultRow), adds);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Put(Vector512<float> a, Vector512<float> b, Vector512<float> c, Vector512<float> d, float* to, bool adds)
    {
        if (adds)
        {
            a = Vector512.Load(to) + a;
            b = Vector512.Load(to + Width) + b;
            c = Vector512.Load(to + (2 * Width)) + c;
            d = Vector512.Load(to + (3 * Width)) + d;
        }

        a.Store(to);
        b.Store(to + Width);
        c.Store(to + (2 * Width));
        d.Store(to + (3 * Width));
    }
}
