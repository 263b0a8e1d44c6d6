using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Peft.Declarative.Native.Panels;

/// <summary>A part of the right matrix of a product, copied to float32 [depth, <see cref="PanelTile.Columns"/>]; zero where the matrix has no column.</summary>
internal static unsafe class Panel
{
    /// <summary>The most rows of a panel. At four bytes, it takes as much as the first cache has, and is read from the second.</summary>
    internal const int Depth = 192;

    /// <summary>The most numbers of a panel.</summary>
    internal const int Size = Depth * PanelTile.Columns;

    /// <summary>Copies a part of a matrix.</summary>
    /// <typeparam name="T"><see cref="float"/>, or <see cref="ushort"/> for bfloat16.</typeparam>
    /// <param name="from">The part's first element.</param>
    /// <param name="row">The distance of two rows.</param>
    /// <param name="column">The distance of two columns; 1 unless that of two rows is.</param>
    /// <param name="depth">The rows of the part.</param>
    /// <param name="width">Its columns.</param>
    /// <param name="panel">Receives the panel.</param>
    internal static void Put<T>(T* from, long row, long column, int depth, int width, float* panel)
        where T : unmanaged
    {
        if (width < PanelTile.Columns)
        {
            new Span<float>(panel, depth * PanelTile.Columns).Clear();
        }

        if (column == 1)
        {
            Copy(from, row, depth, width, panel);
        }
        else
        {
            Turn(from, column, depth, width, panel);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Copy<T>(T* from, long row, int depth, int width, float* panel)
        where T : unmanaged
    {
        for (int k = 0; k < depth; k++, from += row, panel += PanelTile.Columns)
        {
            int n = 0;
            for (; n + SquareTile.Side <= width; n += SquareTile.Side)
            {
                SquareTile.Load(from + n).Store(panel + n);
            }

            for (; n < width; n++)
            {
                panel[n] = DotProduct.Value(from[n]);
            }
        }
    }

    // A column of the matrix is contiguous.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Turn<T>(T* from, long column, int depth, int width, float* panel)
        where T : unmanaged
    {
        int n = 0;
        for (; n + SquareTile.Side <= width; n += SquareTile.Side, from += SquareTile.Side * column)
        {
            int k = 0;
            for (; k + SquareTile.Side <= depth; k += SquareTile.Side)
            {
                SquareTile.Transpose(from + k, column, panel + (k * PanelTile.Columns) + n, PanelTile.Columns, 1);
            }

            TurnOneByOne(from, column, k, depth, SquareTile.Side, panel + n);
        }

        TurnOneByOne(from, column, 0, depth, width - n, panel + n);
    }

    private static void TurnOneByOne<T>(T* from, long column, int first, int depth, int width, float* panel)
        where T : unmanaged
    {
        for (int n = 0; n < width; n++, from += column)
        {
            for (int k = first; k < depth; k++)
            {
                panel[(k * PanelTile.Columns) + n] = DotProduct.Value(from[k]);
            }
        }
    }
}
