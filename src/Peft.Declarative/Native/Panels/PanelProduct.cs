using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using static TorchSharp.torch;

namespace Peft.Declarative.Native.Panels;

/// <summary>
/// Products of matrices in host memory with vectors of 512 bits. The right matrix is copied panel by panel, so that a panel is read in the order of its use and from
/// the caches, whatever its type and its strides (Goto and van de Geijn 2008, "Anatomy of High-Performance Matrix Multiplication", doi 10.1145/1356052.1356053).
/// </summary>
/// <remarks>
/// Sums are those of <see cref="Panel.Depth"/> products at a time, in their order, as in MKL's kernel for AMD's processors, so that the two agree to the bit.
/// </remarks>
internal static unsafe class PanelProduct
{
    // Units of work for each thread, so that one that is held up takes fewer of them.
    private const int UnitsPerThread = 4;

    // Panels side by side are copied together, so that more of a row of the right matrix is read at a time; they have to stay in the second cache.
    private const int MostPanels = 4;

    // With fewer rows, copying the panel for them would take more than a twentieth of the time.
    private const int LeastRowsOfUnit = 16 * PanelTile.Rows;

    /// <summary>Whether the processor has the vectors, and does not halve its pace for them.</summary>
    internal static bool IsSupported => Vector512.IsHardwareAccelerated && Avx512F.IsSupported;

    /// <summary>Computes a product, or adds it to the result.</summary>
    /// <param name="left">The left matrix [rows, inner].</param>
    /// <param name="right">The right matrix [inner, columns].</param>
    /// <param name="result">The result [rows, columns].</param>
    /// <param name="adds">Whether the product is added to what the result holds.</param>
    internal static void Multiply<TSource>(HostMatrix<float> left, TSource right, HostMatrix<float> result, bool adds)
        where TSource : struct, IPanelSource
    {
        long units = UnitsPerThread * get_num_threads();
        long panels = (right.Columns + PanelTile.Columns - 1) / PanelTile.Columns;
        int together = (int)Math.Clamp(panels / units, 1, MostPanels);
        long strips = (panels + together - 1) / together;
        long groups = Math.Clamp(units / strips, 1, Math.Max(1, left.Rows / LeastRowsOfUnit));
        long work = left.Rows * left.Columns * right.Columns / PanelTile.Columns;
        BlockRange.RunBlocks(strips * groups, work, new Kernel<TSource>(left, right, result, adds, together, groups));
    }

    // A unit is a strip of panels times a group of rows.
    private readonly struct Kernel<TSource>(HostMatrix<float> left, TSource right, HostMatrix<float> result, bool adds, int together, long groups) : IBlockKernel
        where TSource : struct, IPanelSource
    {
        public void Run(long from, long to)
        {
            var panel = (float*)NativeMemory.AlignedAlloc((nuint)((together * Panel.Size) + PanelTile.Scratch + TSource.Scratch) * sizeof(float), 64);
            try
            {
                for (long unit = from; unit < to; unit++)
                {
                    Unit(unit / groups * together * PanelTile.Columns, First(unit % groups), First((unit % groups) + 1), panel);
                }
            }
            finally
            {
                NativeMemory.AlignedFree(panel);
            }
        }

        private long First(long group) => group == groups ? left.Rows : left.Rows * group / groups / PanelTile.Rows * PanelTile.Rows;

        private int Width(long column) => (int)Math.Min(PanelTile.Columns, right.Columns - column);

        private void Unit(long column, long row, long end, float* panels)
        {
            long last = Math.Min(right.Columns, column + (together * PanelTile.Columns));
            float* scratch = panels + (together * Panel.Size);
            for (long k = 0; k < left.Columns; k += Panel.Depth)
            {
                int depth = (int)Math.Min(Panel.Depth, left.Columns - k);
                float* panel = panels;
                for (long j = column; j < last; j += PanelTile.Columns, panel += Panel.Size)
                {
                    right.Put(k, j, depth, Width(j), panel, scratch + PanelTile.Scratch);
                }

                for (long first = row; first < end; first += PanelTile.Rows)
                {
                    int rows = (int)Math.Min(PanelTile.Rows, end - first);
                    panel = panels;
                    for (long j = column; j < last; j += PanelTile.Columns, panel += Panel.Size)
                    {
                        PanelTile.Multiply(left.At(first, k), left.Row, rows, panel, depth, result.At(first, j), result.Row, Width(j), adds || k > 0, scratch);
                    }
                }
            }
        }
    }
}
