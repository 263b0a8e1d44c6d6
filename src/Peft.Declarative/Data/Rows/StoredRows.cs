using System.Runtime.InteropServices;

namespace Peft.Declarative.Data.Rows;

/// <summary>
/// Rows of files as token ids: the first ones in memory, the rest in a temporary file, so that memory does not grow with the data but for
/// some 30 bytes a row.
/// </summary>
internal sealed class StoredRows : RowSet
{
    private readonly TrainingRowKind _kind;
    private readonly List<Entry> _entries;
    private readonly List<(int FirstRow, string Unit, string Path)> _files;
    private readonly ReadOnlyMemory<int> _memory;
    private readonly SpillFile? _spill;

    internal StoredRows(
        TrainingRowKind kind, List<Entry> entries, List<(int FirstRow, string Unit, string Path)> files, ReadOnlyMemory<int> memory, SpillFile? spill,
        string fingerprint)
    {
        (_kind, _entries, _files, _memory, _spill) = (kind, entries, files, memory, spill);
        Fingerprint = fingerprint;
    }

    public override int Count => _entries.Count;

    public override TrainingRow this[int index]
    {
        get
        {
            Entry entry = _entries[index];
            var places = new int[entry.Places];
            if (entry.Start < _memory.Length)
            {
                _memory.Span.Slice((int)entry.Start, entry.Places).CopyTo(places);
            }
            else
            {
                _spill!.Read((entry.Start - _memory.Length) * sizeof(int), MemoryMarshal.AsBytes(places.AsSpan()));
            }

            return RowCode.Decode(places, _kind) with { Source = Source(index), UncutLength = entry.UncutLength, Adapter = Adapter(index) };
        }
    }

    internal override string Fingerprint { get; }

    internal override long LabelCount => LabelTotal;

    internal override bool IsOfOneKind => true;

    internal override int LeastId => Least;

    internal override int GreatestId => Greatest;

    internal required long LabelTotal { private get; init; }

    internal required int Least { private get; init; }

    internal required int Greatest { private get; init; }

    /// <summary>The names of adapters that rows have.</summary>
    internal required IReadOnlyList<string> Adapters { private get; init; }

    internal override string? Adapter(int index) => _entries[index].Adapter < 0 ? null : Adapters[_entries[index].Adapter];

    internal override int Length(int index) => _entries[index].Length;

    internal override int UncutLength(int index) => _entries[index].UncutLength;

    internal override bool HasLabel(int index, int maxLength, bool withFirst) => _entries[index].FirstLabel < maxLength;

    internal override string Source(int index)
    {
        (_, string unit, string path) = _files[_files.FindLastIndex(file => file.FirstRow <= index)];
        return $"{unit} {_entries[index].Number} of '{path}'";
    }

    /// <summary>What is known of a row.</summary>
    /// <param name="Start">Its first number among those of all rows.</param>
    /// <param name="Places">Count of its numbers.</param>
    /// <param name="Length">Number of places of the row.</param>
    /// <param name="UncutLength">Number of places before it was cut.</param>
    /// <param name="FirstLabel">First place whose label counts, for a text after its first one.</param>
    /// <param name="Number">Number of its line or row in its file, from 1.</param>
    /// <param name="Adapter">Index of the name of its adapter; -1 for none.</param>
    internal readonly record struct Entry(long Start, int Places, int Length, int UncutLength, int FirstLabel, int Number, int Adapter);
}
