using System.Runtime.CompilerServices;
using Peft.Declarative.Layers;
using Peft.Declarative.Native;

namespace Peft.Declarative.BaseModels;

/// <summary>
/// Small matrix products in tiles of four rows by two vectors, which stay in registers while the inner dimension is run through.
/// </summary>
/// <typeparam name="TLanes">The vector's operations.</typeparam>
/// <typeparam name="TVector">The vector.</typeparam>
internal static unsafe class TileProduct<TLanes, TVector>
    where TLanes : ILanes<TVector>
    where TVector : struct
{
    /// <summary>The rows of a tile.</summary>
    internal const int Rows = 4;

    /// <summary>The columns of a tile.</summary>
    internal static int Columns => 2 * TLanes.Count;

    /// <summary>Computes a product, or adds it to the result.</summary>
    /// <param name="left">The left matrix [rows, inner], of any strides. The rows are a multiple of <see cref="Rows"/>.</param>
    /// <param name="right">The right matrix, which has a column here for each tile of <see cref="Columns"/> columns that lie side by side.</param>
    /// <param name="result">The result [rows, columns], whose columns lie side by side and are a multiple of <see cref="Columns"/>.</param>
    /// <param name="adds">Whether the product is added to what the result holds.</param>
    internal static void Multiply(in HostMatrix<float> left, in HostMatrix<float> right, in HostMatrix<float> result, bool adds)
    {
        for (long column = 0; column < result.Columns; column += Columns)
        {
            float* tile = right.At(0, column / Columns);
            for (long row = 0; row < result.Rows; row += Rows)
            {
                Tile(left.At(row, 0), (nint)left.Row, (nint)left.Column, tile, (nint)right.Row, (nint)left.Columns, result.At(row, column), (nint)result.Row, adds);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tile(float* left, nint row, nint column, float* right, nint rightRow, nint inner, float* result, nint step, bool adds)
    {
        TVector a0 = default, a1 = default, b0 = default, b1 = default, c0 = default, c1 = default, d0 = default, d1 = default;
        float* second = left + row;
        float* third = second + row;
        float* fourth = third + row;
        if (adds)
        {
            float* to = result;
            (a0, a1) = (TLanes.Load(to), TLanes.Load(to + TLanes.Count));
            to += step;
            (b0, b1) = (TLanes.Load(to), TLanes.Load(to + TLanes.Count));
            to += step;
            (c0, c1) = (TLanes.Load(to), TLanes.Load(to + TLanes.Count));
            to += step;
            (d0, d1) = (TLanes.Load(to), TLanes.Load(to + TLanes.Count));
        }

        for (nint i = 0, at = 0; i < inner; i++, at += column, right += rightRow)
        {
            TVector low = TLanes.Load(right);
            TVector high = TLanes.Load(right + TLanes.Count);
            TVector factor = TLanes.Of(left[at]);
            a0 = TLanes.MultiplyAdd(factor, low, a0);
            a1 = TLanes.MultiplyAdd(factor, high, a1);
            factor = TLanes.Of(second[at]);
            b0 = TLanes.MultiplyAdd(factor, low, b0);
            b1 = TLanes.MultiplyAdd(factor, high, b1);
            factor = TLanes.Of(third[at]);
            c0 = TLanes.MultiplyAdd(factor, low, c0);
            c1 = TLanes.MultiplyAdd(factor, high, c1);
            factor = TLanes.Of(fourth[at]);
            d0 = TLanes.MultiplyAdd(factor, low, d0);
            d1 = TLanes.MultiplyAdd(factor, high, d1);
        }

        Put(a0, a1, result);
        Put(b0, b1, result + step);
        Put(c0, c1, result + (2 * step));
        Put(d0, d1, result + (3 * step));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Put(TVector low, TVector high, float* to)
    {
        TLanes.Store(low, to);
        TLanes.Store(high, to + TLanes.Count);
    }
}
