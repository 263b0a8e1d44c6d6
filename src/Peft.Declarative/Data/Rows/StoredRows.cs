using System.Runtime.InteropServices;

namespace Peft.Declarative.Data.Rows;

/// <summary>
/// The rows of files as token ids: the first ones in memory, the rest in a temporary file. Memory grows by only about 30 bytes per row.
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

            return RowCode.Decode(places, _kind) with { Source = Source(index), UncutLength = entry.UncutLength, Adapter = Adapter(index), Task = Task(index) };
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

    /// <summary>The different learners of rows: an adapter, or all active ones, and one of its tasks, or none.</summary>
    internal required IReadOnlyList<(string? Adapter, int? Task)> Learners { private get; init; }

    internal override string? Adapter(int index) => Learners[_entries[index].Learner].Adapter;

    internal override int? Task(int index) => Learners[_entries[index].Learner].Task;

    internal override int Length(int index) => _entries[index].Length;

    internal override int UncutLength(int index) => _entries[index].UncutLength;

    internal override bool HasLabel(int index, int maxLength, bool withFirst) => _entries[index].FirstLabel < maxLength;

    internal override string Source(int index)
    {
        (_, string unit, string path) = _files[_files.FindLastIndex(file => file.FirstRow <= index)];
        return $"{unit} {_entries[index].Number} of '{path}'";
    }

    /// <summary>The properties of a row.</summary>
    /// <param name="Start">The index of its first number among those of all rows.</param>
    /// <param name="Places">The count of its numbers.</param>
    /// <param name="Length">The number of positions of the row.</param>
    /// <param name="UncutLength">The number of positions before it was truncated.</param>
    /// <param name="FirstLabel">The first position whose label counts, for a text after its first one.</param>
    /// <param name="Number">The number of its line or row in its file, from 1.</param>
    /// <param name="Learner">The index of its learner.</param>
    internal readonly record struct Entry(long Start, int Places, int Length, int UncutLength, int FirstLabel, int Number, int Learner);
}
