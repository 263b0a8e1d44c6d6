namespace Peft.Declarative.Native;

/// <summary>A matrix in host memory. Its owner must be kept while this is used.</summary>
/// <typeparam name="T">The type of its elements.</typeparam>
/// <param name="first">The first element.</param>
/// <param name="rows">The number of rows.</param>
/// <param name="columns">The number of columns.</param>
/// <param name="row">The distance of two rows, in elements.</param>
/// <param name="column">The distance of two columns.</param>
internal readonly unsafe struct HostMatrix<T>(T* first, long rows, long columns, long row, long column)
    where T : unmanaged
{
    internal long Rows => rows;

    internal long Columns => columns;

    internal long Row => row;

    internal long Column => column;

    internal HostMatrix<T> Transposed => new(first, columns, rows, column, row);

    internal T* At(long i, long j) => first + (i * row) + (j * column);
}
