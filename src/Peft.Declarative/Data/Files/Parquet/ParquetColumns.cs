using Parquet;
using Parquet.Data;
using Parquet.Schema;
using Peft.Declarative.Text.Errors;

namespace Peft.Declarative.Data.Files.Parquet;

/// <summary>The columns of a file with training data, found by their names.</summary>
internal sealed class ParquetColumns
{
    private readonly ParquetSchema _schema;
    private readonly string _path;
    private readonly Dictionary<string, DataField> _texts;
    private readonly ParquetScalars? _labels;
    private readonly ParquetScalars? _tasks;
    private readonly ListField? _messages;

    private ParquetColumns(ParquetSchema schema, string path, TrainingRowKind kind)
    {
        (_schema, _path) = (schema, path);
        (string[] wanted, string[][] needed) = Wanted(kind);
        _texts = wanted.Select(name => (name, Column: Column(name))).Where(pair => pair.Column is not null).ToDictionary(pair => pair.name, pair => pair.Column!, StringComparer.Ordinal);
        _labels = kind == TrainingRowKind.Class ? ParquetScalars.Of(schema, path, "label") : null;
        _tasks = ParquetScalars.Of(schema, path, TaskField.Name);
        _messages = kind != TrainingRowKind.Text ? null : schema.Fields.FirstOrDefault(field => field.Name == "messages") as ListField;
        if (_messages is { Item: not StructField })
        {
            throw DataErrors.ParquetColumns(path, "its column 'messages' is a list, but not of structs");
        }

        if (_messages is null && !needed.Any(names => names.All(Has)))
        {
            throw DataErrors.ParquetColumns(path, $"its columns are {ProblemList.Of([.. schema.Fields.Select(field => $"'{UntrustedText.Shown(field.Name)}'")])}");
        }
    }

    /// <exception cref="PeftException">PEFT601: the file has other columns.</exception>
    internal static ParquetColumns Of(ParquetSchema schema, string path, TrainingRowKind kind) => new(schema, path, kind);

    internal ParquetGroup Read(ParquetRowGroupReader group)
    {
        string?[]? Texts(string name) => _texts.TryGetValue(name, out DataField? field) ? Flat(group, field) : null;
        return new ParquetGroup(checked((int)group.RowCount))
        {
            Adapter = Texts("adapter"),
            Task = _tasks?.Read(group),
            Text = Texts("text"),
            TextPair = Texts("text_pair"),
            Label = _labels?.Read(group),
            Prompt = Texts("prompt"),
            Completion = Texts("completion"),
            Source = Texts("source"),
            Target = Texts("target"),
            Tools = Texts("tools"),
            Messages = _messages is null ? null : Messages(group),
        };
    }

    private static (string[] Wanted, string[][] Needed) Wanted(TrainingRowKind kind) => kind switch
    {
        TrainingRowKind.Class => (["text", "text_pair", "adapter"], [["text", "label"]]),
        TrainingRowKind.Pair => (["source", "target", "prompt", "completion", "adapter"], [["source", "target"], ["prompt", "completion"]]),
        _ => (["text", "prompt", "completion", "tools", "adapter"], [["text"], ["prompt", "completion"]]),
    };

    private bool Has(string name) => _texts.ContainsKey(name) || (name == "label" && _labels is not null);

    private DataField? Column(string name)
    {
        DataField? field = _schema.Fields.FirstOrDefault(field => field.Name == name) as DataField;
        return field is null || IsText(field) ? field : throw DataErrors.ParquetColumns(_path, $"its column '{name}' is not text");
    }

    internal static bool IsText(DataField field) => field.ClrType == typeof(ReadOnlyMemory<char>) && !field.IsArray;

    internal static string?[] Flat(ParquetRowGroupReader group, DataField field)
    {
        var values = new string?[checked((int)group.RowCount)];
        int row = 0;
        foreach ((string? value, _, _) in Cells(group, field))
        {
            values[row++] = value;
        }

        return values;
    }

    private List<Dictionary<string, string>>?[] Messages(ParquetRowGroupReader group)
    {
        Field message = _messages!.Item;
        var rows = new List<Dictionary<string, string>>?[checked((int)group.RowCount)];
        foreach (DataField field in _schema.GetDataFields().Where(field => field.Path.FirstPart == _messages.Name))
        {
            // Without a field such as 'tool_calls', it would be a different conversation.
            if (!IsText(field) || field.MaxRepetitionLevel != 1)
            {
                throw DataErrors.ParquetColumns(_path, $"'{UntrustedText.Shown(field.Path.ToString())}' of its messages is not text. Such data can be given as JSON lines");
            }

            int row = -1;
            int place = 0;
            foreach ((string? value, int definition, int repetition) in Cells(group, field))
            {
                (row, place) = repetition == 0 ? (row + 1, 0) : (row, place + 1);
                if (definition >= message.MaxDefinitionLevel)
                {
                    List<Dictionary<string, string>> list = rows[row] ??= [];
                    while (list.Count <= place)
                    {
                        list.Add([]);
                    }

                    if (value is not null)
                    {
                        list[place][field.Name] = value;
                    }
                }
            }
        }

        return rows;
    }

    // The file contains only the existing values, and for each position a definition level (whether it has a value) and a repetition level (whether
    // it continues the row before). Melnik et al. 2010, "Dremel".
    private static IEnumerable<(string? Value, int Definition, int Repetition)> Cells(ParquetRowGroupReader group, DataField field)
    {
        using RawColumnData column = group.ReadRawColumnDataBaseAsync(field).AsTask().GetAwaiter().GetResult();
        ReadOnlyMemory<char>[] values = ((RawColumnData<ReadOnlyMemory<char>>)column).Values.ToArray();
        int[]? definitions = field.MaxDefinitionLevel > 0 ? column.DefinitionLevels.ToArray() : null;
        int[]? repetitions = field.MaxRepetitionLevel > 0 ? column.RepetitionLevels.ToArray() : null;
        int next = 0;
        for (int i = 0; i < (definitions?.Length ?? values.Length); i++)
        {
            int definition = definitions?[i] ?? field.MaxDefinitionLevel;
            string? value = definition == field.MaxDefinitionLevel ? values[next++].ToString() : null;
            yield return (value, definition, repetitions?[i] ?? 0);
        }
    }
}
