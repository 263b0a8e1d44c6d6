using System.Text;
using System.Text.Json.Nodes;
using Peft.Declarative.Data.Rows;
using Peft.Declarative.Text.Errors;

namespace Peft.Declarative.Data.Files;

/// <summary>
/// Reads CSV and TSV: a first line with the names of columns, then a record per row. A quoted value can contain separators, line ends, and doubled
/// quotes. RFC 4180. Spreadsheets in some languages write semicolons, so the separator of a .csv file is the most frequent one in the first line.
/// </summary>
internal static class SeparatedValues
{
    /// <summary>Gets the rows of a file with the numbers of their lines. Each row must be read before the next one.</summary>
    internal static IEnumerable<(int Number, Func<RawRow> Row)> Read(string path, bool isTabbed)
    {
        using var records = new RecordReader(path, isTabbed);
        if (records.Next() is not { } names)
        {
            yield break;
        }

        Dictionary<string, int> columns = new(StringComparer.Ordinal);
        for (int i = 0; i < names.Count; i++)
        {
            if (!columns.TryAdd(names[i].Trim(), i) && IsRead(names[i].Trim()))
            {
                throw DataErrors.Unreadable(path, new IOException($"its first line names '{names[i].Trim()}' twice"));
            }
        }

        while (true)
        {
            int number = records.Line;
            if (records.Next() is not { } values)
            {
                yield break;
            }

            if (values is not [""])   // a blank line
            {
                yield return (number, () => Row(columns, values, names.Count));
            }
        }
    }

    // Other columns are of no concern; spreadsheets leave several without a name.
    private static bool IsRead(string name) => name is "messages" or "tools" or "text" or "text_pair" or "label" or "prompt" or "completion" or "source" or "target" or "adapter" or TaskField.Name;

    private static RawRow Row(Dictionary<string, int> columns, IReadOnlyList<string> values, int expected)
    {
        if (values.Count != expected)
        {
            throw new FormatException($"it has {values.Count} values, but the first line names {expected} columns");
        }

        string? Value(string name) => columns.TryGetValue(name, out int column) ? values[column] : null;
        string? Filled(string name) => Value(name) is { Length: > 0 } value ? value : null;
        return new RawRow
        {
            Names = [.. columns.Keys.Where(name => Filled(name) is not null)],
            Messages = Filled("messages") is { } messages ? JsonLines.Array(messages, "messages") : null,
            Tools = Filled("tools") is { } tools ? JsonLines.Array(tools, "tools") : null,
            Adapter = Filled("adapter"),
            Task = TaskField.Of(Filled(TaskField.Name) is { } task ? JsonValue.Create(task) : null),
            Text = Filled("text"),
            TextPair = Filled("text_pair"),
            Label = Filled("label") is { } label ? JsonValue.Create(label) : null,
            Prompt = Value("prompt"),
            Completion = Filled("completion"),
            Source = Value("source"),
            Target = Filled("target"),
        };
    }

    /// <summary>Reads the records of one file.</summary>
    private sealed class RecordReader : IDisposable
    {
        private readonly string _path;
        private readonly StreamReader _reader;
        private readonly Func<int> _peek;
        private readonly Func<int> _next;
        private char _separator;
        private string _head = "";   // the first line, read to choose the separator and then read again
        private int _at;

        internal RecordReader(string path, bool isTabbed)
        {
            _path = path;
            _reader = DataErrors.Guard(path, () => new StreamReader(RegularFile.Open(path, 1 << 16), new UTF8Encoding(false, throwOnInvalidBytes: true)));
            (_peek, _next) = (_reader.Peek, _reader.Read);
            _separator = isTabbed ? '\t' : '\0';
        }

        /// <summary>The number of the next line, from 1.</summary>
        internal int Line { get; private set; } = 1;

        internal List<string>? Next()
        {
            if (_separator == '\0')
            {
                ChooseSeparator();
            }

            return Take() < 0 ? null : Record();
        }

        public void Dispose() => _reader.Dispose();

        private void ChooseSeparator()
        {
            const int Most = 4_096;   // names of columns are short
            var line = new StringBuilder();
            for (int letter = Read(); letter >= 0; letter = line.Length < Most && letter != '\n' ? Read() : -1)
            {
                line.Append((char)letter);
            }

            _head = line.ToString();
            _separator = new[] { ',', ';', '\t' }.MaxBy(sign => _head.Count(letter => letter == sign));
        }

        private int Take() => _at < _head.Length ? _head[_at] : DataErrors.Guard(_path, _peek);

        private int Read() => _at < _head.Length ? _head[_at++] : DataErrors.Guard(_path, _next);

        private List<string> Record()
        {
            List<string> values = [];
            var value = new StringBuilder();
            bool quoted = false;
            long length = 0;
            while (true)
            {
                int letter = Read();
                Line += letter == '\n' ? 1 : 0;
                if (++length > ByteLines.LongestLine)
                {
                    throw DataErrors.Unreadable(_path, new IOException($"the record before line {Line} is longer than {ByteLines.LongestLine >> 20} MiB; a quote can be missing"));
                }

                if (letter < 0 && quoted)
                {
                    throw DataErrors.Unreadable(_path, new IOException("a value in quotes does not end"));
                }

                if (quoted && letter == '"' && Take() == '"')
                {
                    value.Append((char)Read());
                }
                else if (letter == '"' && (quoted || value.Length == 0))
                {
                    quoted = !quoted;
                }
                else if (!quoted && (letter < 0 || letter == '\n' || letter == _separator))
                {
                    bool ends = letter != _separator;
                    values.Add(ends && value.Length > 0 && value[^1] == '\r' ? value.ToString(0, value.Length - 1) : value.ToString());
                    value.Clear();
                    if (ends)
                    {
                        return values;
                    }
                }
                else
                {
                    value.Append((char)letter);
                }
            }
        }
    }
}
