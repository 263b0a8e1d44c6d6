using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace Peft.Declarative.Data.Rows;

/// <summary>Collects rows as they are read and creates <see cref="StoredRows"/> of them.</summary>
/// <param name="kind">The kind of all rows.</param>
/// <param name="memoryPlaces">The maximum number of numbers in memory.</param>
internal sealed class RowStore(TrainingRowKind kind, int memoryPlaces) : IDisposable
{
    /// <summary>64 MiB of token ids: enough for most fine-tuning data, and little compared to a model.</summary>
    internal const int UsualMemory = 1 << 24;

    private readonly List<StoredRows.Entry> _entries = [];
    private readonly List<(int FirstRow, string Unit, string Path)> _files = [];
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly Dictionary<(string? Adapter, int? Task), int> _learners = [];   // few for many rows
    private int[] _memory = [];
    private int _held;
    private SpillFile? _spill;
    private long _places;
    private long _labels;
    private int _least;
    private int _greatest;
    private bool _built;

    internal int Count => _entries.Count;

    /// <summary>Sets the file of the next rows.</summary>
    /// <param name="path">The file.</param>
    /// <param name="unit">The unit of its row numbers: "line" or "row".</param>
    internal void Begin(string path, string unit) => _files.Add((_entries.Count, unit, path));

    /// <param name="row">A row of the store's kind.</param>
    /// <param name="number">The number of its line or row in the file.</param>
    internal void Add(TrainingRow row, int number)
    {
        int[] places = RowCode.Encode(row, kind);
        ReadOnlySpan<byte> bytes = MemoryMarshal.AsBytes<int>(places);
        _hash.AppendData(bytes);
        _hash.AppendData(BitConverter.GetBytes(places.Length));
        if (_spill is null && _held + (long)places.Length <= memoryPlaces)
        {
            Hold(places);
        }
        else
        {
            (_spill ??= new SpillFile()).Append(bytes);
        }

        _entries.Add(new StoredRows.Entry(_places, places.Length, row.Ids.Length, row.UncutLength, FirstLabel(row), number, Learner(row)));
        _places += places.Length;
        _labels += row.CountLabels(withFirst: kind != TrainingRowKind.Text);
        _least = Math.Min(_least, row.Ids.Concat(row.Labels.Where(label => label != TrainingRow.Ignored)).DefaultIfEmpty(0).Min());
        _greatest = Math.Max(_greatest, row.Ids.Concat(row.Labels).DefaultIfEmpty(0).Max());
    }

    internal StoredRows Build()
    {
        _built = true;
        _spill?.Flush();
        _entries.TrimExcess();
        string fingerprint = Convert.ToHexStringLower(_hash.GetHashAndReset())[..16];
        return new StoredRows(kind, _entries, _files, _memory.AsMemory(0, _held), _spill, fingerprint) { LabelTotal = _labels, Least = _least, Greatest = _greatest, Learners = [.. _learners.Keys] };
    }

    /// <summary>Frees the file, unless rows were created from it.</summary>
    public void Dispose()
    {
        _hash.Dispose();
        if (!_built)
        {
            _spill?.Dispose();
        }
    }

    private int Learner(TrainingRow row)
    {
        _hash.AppendData(Encoding.UTF8.GetBytes(row.Adapter ?? ""));
        if (row.Task is { } task)
        {
            _hash.AppendData(BitConverter.GetBytes(task));
        }

        if (!_learners.TryGetValue((row.Adapter, row.Task), out int known))
        {
            known = _learners.Count;
            _learners.Add((row.Adapter, row.Task), known);
        }

        return known;
    }

    private void Hold(int[] places)
    {
        if (_held + places.Length > _memory.Length)
        {
            Array.Resize(ref _memory, (int)Math.Min(memoryPlaces, Math.Max(2L * _memory.Length, _held + places.Length)));
        }

        places.CopyTo(_memory, _held);
        _held += places.Length;
    }

    // Text models cannot predict a first token.
    private int FirstLabel(TrainingRow row)
    {
        int place = Array.FindIndex(row.Labels, kind == TrainingRowKind.Text ? Math.Min(1, row.Labels.Length) : 0, label => label != TrainingRow.Ignored);
        return place < 0 ? int.MaxValue : place;
    }
}
