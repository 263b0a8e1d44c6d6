using System.Runtime.InteropServices;

namespace Peft.Declarative.Data.Rows;

/// <summary>
/// Rows of files as token ids: the first ones in memory, the rest in a temporary file, so that memory does not grow with the data but for
/// some 30 bytes a row.
/// </summary>
internal sealed class StoredRows : RowSet
{
    private readonly List<Entry> _entries;
    private readonly List<(int FirstRow, string Unit, string Path)> _files;
    private readonly ReadOnlyMemory<int> _memory;
    private readonly SpillFile? _spill;

    internal StoredRows(
        List<Entry> entries, List<(int FirstRow, string Unit, string Path)> files, ReadOnlyMemory<int> memory, SpillFile? spill, long labels, string fingerprint)
    {
        (_entries, _files, _memory, _spill) = (entries, files, memory, spill);
        LabelCount = labels;
        Fingerprint = fingerprint;
    }

    public override int Count => _entries.Count;

    public override TrainingRow this[int index]
    {
        get
        {
            Entry entry = _entries[index];
            var ids = new int[entry.Length];
            if (entry.Start < _memory.Length)
            {
                _memory.Span.Slice((int)entry.Start, entry.Length).CopyTo(ids);
            }
            else
            {
                _spill!.Read((entry.Start - _memory.Length) * sizeof(int), MemoryMarshal.AsBytes(ids.AsSpan()));
            }

            return Decoded(ids) with { Source = Source(index), UncutLength = entry.UncutLength };
        }
    }

    internal override string Fingerprint { get; }

    internal override long LabelCount { get; }

    internal override int Length(int index) => _entries[index].Length;

    internal override int UncutLength(int index) => _entries[index].UncutLength;

    internal override bool HasLabel(int index, int maxLength, bool withFirst) => _entries[index].FirstLabel < maxLength;

    internal override string Source(int index)
    {
        (_, string unit, string path) = _files[_files.FindLastIndex(file => file.FirstRow <= index)];
        return $"{unit} {_entries[index].Number} of '{path}'";
    }

    /// <summary>A row as one number a place: the id, or its complement where the loss does not count it.</summary>
    internal static int[] Encoded(TrainingRow row) =>
        [.. row.Ids.Zip(row.Labels, (id, label) => label == TrainingRow.Ignored ? ~id : id)];

    private static TrainingRow Decoded(int[] places)
    {
        var labels = new int[places.Length];
        for (int i = 0; i < places.Length; i++)
        {
            labels[i] = places[i] < 0 ? TrainingRow.Ignored : places[i];
            places[i] = places[i] < 0 ? ~places[i] : places[i];
        }

        return new TrainingRow(places, labels);
    }

    /// <summary>What is known of a row.</summary>
    /// <param name="Start">Its first place among those of all rows.</param>
    /// <param name="Length">Number of places.</param>
    /// <param name="UncutLength">Number of places before it was cut.</param>
    /// <param name="FirstLabel">First place after the first one whose label counts.</param>
    /// <param name="Number">Number of its line or row in its file, from 1.</param>
    internal readonly record struct Entry(long Start, int Length, int UncutLength, int FirstLabel, int Number);
}
