using System.Collections;

namespace Peft.Declarative.Data.Rows;

/// <summary>Rows in their order, and what a run has to know of each without reading it.</summary>
internal abstract class RowSet : IReadOnlyList<TrainingRow>
{
    public abstract int Count { get; }

    public abstract TrainingRow this[int index] { get; }

    /// <summary>Lower-case hexadecimal digits that differ where a token or label of a row does.</summary>
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

    /// <summary>Least of all ids and labels that count; what it cannot be less than is enough.</summary>
    internal abstract int LeastId { get; }

    /// <summary>Greatest of all ids and labels that count; what it cannot exceed is enough.</summary>
    internal abstract int GreatestId { get; }

    /// <summary>Number of places.</summary>
    internal abstract int Length(int index);

    /// <summary>Number of places before the row was cut.</summary>
    internal abstract int UncutLength(int index);

    /// <summary>Where the row comes from, for messages.</summary>
    internal abstract string Source(int index);

    /// <summary>The name of the adapter that learns a row; <see langword="null"/> if none is named.</summary>
    internal abstract string? Adapter(int index);

    /// <summary>Whether a label enters the loss when the row is cut to a length.</summary>
    internal abstract bool HasLabel(int index, int maxLength, bool withFirst);

    /// <summary>Number of labels that enter the loss of a text model, of all rows.</summary>
    internal abstract long LabelCount { get; }
}
