using System.Runtime.CompilerServices;
using Peft.Declarative.Layers;

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
    /// <param name="left">The left matrix.</param>
    /// <param name="right">The right matrix.</param>
    /// <param name="inner">The columns of the left and rows of the right one.</param>
    /// <param name="result">The result.</param>
    /// <param name="step">The distance of two of its rows.</param>
    /// <param name="rows">Its rows, a multiple of <see cref="Rows"/>.</param>
    /// <param name="columns">Its columns, a multiple of <see cref="Columns"/>.</param>
    /// <param name="adds">Whether the product is added to what the result holds.</param>
    internal static void Multiply(in LeftMatrix left, in RightMatrix right, int inner, float* result, int step, int rows, int columns, bool adds)
    {
        for (int column = 0; column < columns; column += Columns)
        {
            float* panel = right.First + (column / Columns * right.Tile);
            for (int row = 0; row < rows; row += Rows)
            {
                Tile(left.First + (row * left.Row), left.Row, left.Column, panel, right.Row, inner, result + ((long)row * step) + column, step, adds);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tile(float* left, nint row, nint column, float* right, nint rightRow, int inner, float* result, nint step, bool adds)
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

/// <summary>A left matrix, of any strides.</summary>
/// <param name="first">Its first element.</param>
/// <param name="row">The distance of two rows.</param>
/// <param name="column">The distance of two columns.</param>
internal readonly unsafe struct LeftMatrix(float* first, int row, int column)
{
    internal float* First => first;

    internal nint Row => row;

    internal nint Column => column;
}

/// <summary>A right matrix, whose columns are divided into tiles.</summary>
/// <param name="first">Its first element.</param>
/// <param name="row">The distance of two rows of a tile.</param>
/// <param name="tile">The distance of two tiles.</param>
internal readonly unsafe struct RightMatrix(float* first, int row, int tile)
{
    internal float* First => first;

    internal nint Row => row;

    internal nint Tile => tile;
}
