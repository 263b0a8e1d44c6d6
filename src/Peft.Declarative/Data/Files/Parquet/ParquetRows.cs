using System.Text.Json.Nodes;
using Parquet;
using Peft.Declarative.Data.Rows;
using Peft.Declarative.Text.Errors;

namespace Peft.Declarative.Data.Files.Parquet;

/// <summary>Reads the rows of a Parquet file, with one row group in memory at a time.</summary>
internal static class ParquetRows
{
    internal static IEnumerable<(int Number, Func<RawRow> Row)> Read(string path, TrainingRowKind kind)
    {
        using FileStream stream = DataErrors.Guard(path, () => RegularFile.Open(path, 1 << 12));
        ParquetSizes sizes = Guard(path, () => ParquetSizes.Of(stream));
        ParquetReader reader = Guard(path, () => ParquetReader.CreateAsync(stream).GetAwaiter().GetResult());
        try
        {
            ParquetColumns columns = Guard(path, () => ParquetColumns.Of(reader.Schema, path, kind));
            int number = 0;
            for (int group = 0; group < reader.RowGroupCount; group++)
            {
                using ParquetRowGroupReader part = Guard(path, () => reader.OpenRowGroupReader(group));
                ParquetGroup rows = Guard(path, () => Read(sizes, columns, part, group));
                for (int i = 0; i < rows.Count; i++)
                {
                    int row = i;
                    yield return (++number, () => Row(rows, row));
                }
            }
        }
        finally
        {
            reader.DisposeAsync().AsTask().GetAwaiter().GetResult();
        }
    }

    private static ParquetGroup Read(ParquetSizes sizes, ParquetColumns columns, ParquetRowGroupReader part, int group)
    {
        sizes.Check(group);
        return columns.Read(part);
    }

    private static RawRow Row(ParquetGroup rows, int index) => new()
    {
        Names = rows.Names(index) is { Count: > 0 } names ? names : null,
        Text = rows.Text?[index],
        TextPair = rows.TextPair?[index],
        Label = rows.Label?[index],
        Source = rows.Source?[index],
        Target = rows.Target?[index],
        Adapter = rows.Adapter?[index],
        Task = TaskField.Of(rows.Task?[index]),
        Prompt = rows.Prompt?[index],
        Completion = rows.Completion?[index],
        Messages = Messages(rows.Messages?[index]),
        Tools = rows.Tools?[index] is { } tools ? JsonLines.Array(tools, "tools") : null,
    };

    private static JsonArray? Messages(IReadOnlyList<IReadOnlyDictionary<string, string>>? messages)
    {
        if (messages is null)
        {
            return null;
        }

        JsonArray array = [];
        foreach (IReadOnlyDictionary<string, string> message in messages)
        {
            array.Add(message.ContainsKey("role")
                ? new JsonObject(message.Select(field => KeyValuePair.Create(field.Key, (JsonNode?)field.Value)))
                : throw new FormatException($"message {array.Count + 1} of 'messages' has no 'role'"));
        }

        return array.Count > 0 ? array : throw new FormatException("'messages' is empty");
    }

    // The library reports damaged files by exceptions of many types, from its own to IndexOutOfRangeException. None of them is the caller's fault.
    private static T Guard<T>(string path, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception reason) when (reason is not PeftException)
        {
            throw DataErrors.Unreadable(path, reason);
        }
    }
}
