using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Peft.Declarative.Native.Panels;

/// <summary>A part of the right matrix of a product, copied to float32 [depth, <see cref="PanelTile.Columns"/>]; zero where the matrix has no column.</summary>
internal static unsafe class Panel
{
    /// <summary>The most rows of a panel. At four bytes, it takes as much as the first cache has, and is read from the second.</summary>
    internal const int Depth = 192;

    /// <summary>The most numbers of a panel.</summary>
    internal const int Size = Depth * PanelTile.Columns;

    private const int Turned = 4;   // rows and columns that are transposed together

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
            for (; n + Turned <= width; n += Turned)
            {
                Four(from + n).Store(panel + n);
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
        for (; n + Turned <= width; n += Turned, from += Turned * column)
        {
            T* second = from + column, third = second + column, fourth = third + column;
            float* to = panel + n;
            int k = 0;
            for (; k + Turned <= depth; k += Turned, to += Turned * PanelTile.Columns)
            {
                Vector128<float> a = Four(from + k), b = Four(second + k), c = Four(third + k), d = Four(fourth + k);
                Vector128<float> abLow = Sse.UnpackLow(a, b), cdLow = Sse.UnpackLow(c, d), abHigh = Sse.UnpackHigh(a, b), cdHigh = Sse.UnpackHigh(c, d);
                Sse.MoveLowToHigh(abLow, cdLow).Store(to);
                Sse.MoveHighToLow(cdLow, abLow).Store(to + PanelTile.Columns);
                Sse.MoveLowToHigh(abHigh, cdHigh).Store(to + (2 * PanelTile.Columns));
                Sse.MoveHighToLow(cdHigh, abHigh).Store(to + (3 * PanelTile.Columns));
            }

            for (; k < depth; k++, to += PanelTile.Columns)
            {
                to[0] = DotProduct.Value(from[k]);
                to[1] = DotProduct.Value(second[k]);
                to[2] = DotProduct.Value(third[k]);
                to[3] = DotProduct.Value(fourth[k]);
            }
        }

        for (; n < width; n++, from += column)
        {
            for (int k = 0; k < depth; k++)
            {
                panel[(k * PanelTile.Columns) + n] = DotProduct.Value(from[k]);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> Four<T>(T* from)
        where T : unmanaged => typeof(T) == typeof(float)
        ? Vector128.Load((float*)from)
        : (Sse41.ConvertToVector128Int32((ushort*)from) << 16).AsSingle();
}
