using System.Text.Json;
using System.Text.Json.Nodes;
using Parquet;
using Peft.Declarative.Data.Rows;

namespace Peft.Declarative.Data.Files.Parquet;

/// <summary>Reads the rows of a Parquet file, of which one row group is in memory at a time.</summary>
internal static class ParquetRows
{
    internal static IEnumerable<Func<RawRow>> Read(string path)
    {
        using FileStream stream = DataErrors.Guard(path, () => File.OpenRead(path));
        ParquetSizes sizes = Guard(path, () => ParquetSizes.Of(stream));
        ParquetReader reader = Guard(path, () => ParquetReader.CreateAsync(stream).GetAwaiter().GetResult());
        try
        {
            ParquetColumns columns = Guard(path, () => ParquetColumns.Of(reader.Schema, path));
            for (int group = 0; group < reader.RowGroupCount; group++)
            {
                using ParquetRowGroupReader part = Guard(path, () => reader.OpenRowGroupReader(group));
                ParquetGroup rows = Guard(path, () => Read(sizes, columns, part, group));
                for (int i = 0; i < rows.Count; i++)
                {
                    int row = i;
                    yield return () => Row(rows, row);
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
        Text = rows.Text?[index],
        Prompt = rows.Prompt?[index],
        Completion = rows.Completion?[index],
        Messages = Messages(rows.Messages?[index]),
        Tools = Tools(rows.Tools?[index]),
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

    private static JsonArray? Tools(string? json)
    {
        try
        {
            return json is null ? null : JsonNode.Parse(json) as JsonArray ?? throw new FormatException("'tools' is no JSON array");
        }
        catch (JsonException problem)
        {
            throw new FormatException("'tools' is not JSON", problem);
        }
    }

    // The library tells damage by exceptions of many types, from its own to IndexOutOfRangeException; none of them is our caller's fault.
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
