using System.Collections;

namespace Peft.Declarative.Data.Rows;

/// <summary>Rows in their order, with the properties of each that a run needs without reading it.</summary>
internal abstract class RowSet : IReadOnlyList<TrainingRow>
{
    public abstract int Count { get; }

    public abstract TrainingRow this[int index] { get; }

    /// <summary>A hash as lower-case hexadecimal digits, which differs if any token or label differs.</summary>
    internal abstract string Fingerprint { get; }

    public IEnumerator<TrainingRow> GetEnumerator()
    {
        for (int i = 0; i < Count; i++)
        {
            yield return this[i];
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    internal static RowSet Of(IReadOnlyList<TrainingRow> rows) => rows as RowSet ?? new HeldRows([.. rows]);

    /// <summary>Whether all rows are of the kind of the first.</summary>
    internal abstract bool IsOfOneKind { get; }

    /// <summary>The least of all ids and labels that count, or a lower bound of it.</summary>
    internal abstract int LeastId { get; }

    /// <summary>The greatest of all ids and labels that count, or an upper bound of it.</summary>
    internal abstract int GreatestId { get; }

    /// <summary>Gets the number of positions of a row.</summary>
    internal abstract int Length(int index);

    /// <summary>Gets the number of positions of a row before it was truncated.</summary>
    internal abstract int UncutLength(int index);

    /// <summary>Gets the file and line of a row, for messages.</summary>
    internal abstract string Source(int index);

    /// <summary>The name of the adapter that learns a row; <see langword="null"/> if none is named.</summary>
    internal abstract string? Adapter(int index);

    /// <summary>The task that a row teaches its adapter; <see langword="null"/> if it names none.</summary>
    internal abstract int? Task(int index);

    /// <summary>Determines whether a label enters the loss when the row is truncated to a length.</summary>
    internal abstract bool HasLabel(int index, int maxLength, bool withFirst);

    /// <summary>The number of labels of all rows that enter the loss of a text model.</summary>
    internal abstract long LabelCount { get; }
}
