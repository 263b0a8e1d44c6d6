using Peft.Declarative.Data.Rows;

namespace Peft.Declarative.Data.Files;

/// <summary>Reads files into rows, one file after the other, and collects the problems.</summary>
internal sealed class DataReading
{
    private readonly string _path;
    private readonly IReadOnlyList<string> _files;
    private readonly RowEncoder _encoder;
    private readonly RowStore _store;
    private readonly BadRows _bad;
    private readonly bool _skips;

    private DataReading(string path, RowEncoder encoder, RowStore store, bool skips)
    {
        (_path, _encoder, _store, _skips) = (path, encoder, store, skips);
        _files = DataFiles.Of(path);
        _bad = new BadRows(namesFiles: _files.Count > 1 || skips);
    }

    /// <param name="path">A file, a folder, or a pattern.</param>
    /// <param name="kind">The kind of all files; <see langword="null"/> to determine it by their extensions.</param>
    /// <param name="encoder">Converts texts to rows.</param>
    /// <param name="skips">Whether unusable rows are skipped.</param>
    /// <param name="memoryPlaces">The maximum number of token ids in memory.</param>
    internal static (RowSet Rows, SkippedRows Skipped, IReadOnlyList<string> Warnings) Read(
        string path, DataKind? kind, RowEncoder encoder, bool skips, int memoryPlaces = RowStore.UsualMemory)
    {
        using var store = new RowStore(encoder.Kind, memoryPlaces);
        var reading = new DataReading(path, encoder, store, skips);
        (RowSet rows, SkippedRows skipped) = reading.Read(kind);
        return (rows, skipped, [.. DataParts.Warnings(path, reading._files)]);
    }

    private (RowSet Rows, SkippedRows Skipped) Read(DataKind? kind)
    {
        foreach (string file in _files)
        {
            switch (kind ?? DataKinds.Of(file))
            {
                case DataKind.Text: ReadText(file); break;
                case DataKind.Parquet: ReadRows(file, "row", Parquet.ParquetRows.Read(file, _encoder.Kind)); break;
                case DataKind.Csv: ReadRows(file, "line", SeparatedValues.Read(file, isTabbed: false)); break;
                case DataKind.Tsv: ReadRows(file, "line", SeparatedValues.Read(file, isTabbed: true)); break;
                default: ReadRows(file, "line", JsonLines.Read(file, _encoder.Kind)); break;
            }
        }

        return _bad.Count > 0 && !_skips ? throw DataErrors.BadRows(_path, _bad, _encoder.Kind)
            : _store.Count == 0 ? throw DataErrors.NoRows(_path, _bad)
            : (_store.Build(), new SkippedRows(_bad.Count, _bad.First));
    }

    // All problems of a row, from its bytes to its labels, are found here.
    private void ReadRows(string file, string unit, IEnumerable<(int Number, Func<RawRow> Row)> rows)
    {
        _store.Begin(file, unit);
        foreach ((int number, Func<RawRow> row) in rows)
        {
            try
            {
                RawRow raw = row();
                foreach (TrainingRow made in _encoder.Encode(raw))
                {
                    _store.Add(made with { Adapter = raw.Adapter, Task = raw.Task }, number);
                }
            }
            catch (FormatException problem)
            {
                _bad.Add(file, unit, number, problem.Message);
            }
        }
    }

    private void ReadText(string file)
    {
        if (_encoder.Kind != TrainingRowKind.Text)
        {
            throw DataErrors.PlainTextNeedsCausalModel(file, _encoder.Kind);
        }

        _store.Begin(file, "row");
        int number = 0;
        foreach (TrainingRow row in PlainText.Read(file, _encoder.Tokenizer, _encoder.MaxLength))
        {
            _store.Add(row, ++number);
        }
    }
}
