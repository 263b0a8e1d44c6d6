namespace Peft.Declarative.Native.Panels;

/// <summary>The right matrix of a product, however it is stored.</summary>
internal unsafe interface IPanelSource
{
    /// <summary>The number of columns.</summary>
    long Columns { get; }

    /// <summary>The numbers of memory that <see cref="Put"/> needs for itself.</summary>
    static abstract int Scratch { get; }

    /// <summary>Copies a part of the matrix to a panel.</summary>
    /// <param name="row">Its first row, a multiple of <see cref="Panel.Depth"/>.</param>
    /// <param name="column">Its first column, a multiple of <see cref="PanelTile.Columns"/>.</param>
    /// <param name="depth">Its rows.</param>
    /// <param name="width">Its columns.</param>
    /// <param name="panel">Receives the panel.</param>
    /// <param name="scratch">Memory for <see cref="Scratch"/> numbers.</param>
    void Put(long row, long column, int depth, int width, float* panel, float* scratch);
}

/// <summary>A right matrix in host memory.</summary>
/// <typeparam name="T">The type of its elements: <see cref="float"/>, or <see cref="ushort"/> for bfloat16.</typeparam>
/// <param name="matrix">The matrix, whose elements are side by side in rows or in columns.</param>
internal readonly unsafe struct DenseSource<T>(HostMatrix<T> matrix) : IPanelSource
    where T : unmanaged
{
    public static int Scratch => 0;

    public long Columns => matrix.Columns;

    public void Put(long row, long column, int depth, int width, float* panel, float* scratch) =>
        Panel.Put(matrix.At(row, column), matrix.Row, matrix.Column, depth, width, panel);
}
