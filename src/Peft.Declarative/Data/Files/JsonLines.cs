using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Unicode;
using Peft.Declarative.Data.Rows;

namespace Peft.Declarative.Data.Files;

/// <summary>Reads JSON lines or a JSON array: objects with the properties on which the model is trained.</summary>
internal static class JsonLines
{
    // A name that occurs twice would have different meanings for different readers.
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    /// <summary>
    /// Gets the rows of a file with the numbers of their lines. Each row must be read before the next one. Blank lines are skipped.
    /// </summary>
    internal static IEnumerable<(int Number, Func<RawRow> Row)> Read(string path, TrainingRowKind kind)
    {
        if (JsonElements.IsArray(path))
        {
            foreach ((int line, ReadOnlyMemory<byte>? element) in JsonElements.Of(path))
            {
                yield return (line, () => Row(Whole(element), kind));
            }

            yield break;
        }

        int number = 0;
        foreach (ReadOnlyMemory<byte>? line in ByteLines.Of(path))
        {
            number++;
            if (line is not { } text || !text.Span.Trim(" \t\r"u8).IsEmpty)
            {
                yield return (number, () => Row(Whole(line), kind));
            }
        }
    }

    private static ReadOnlyMemory<byte> Whole(ReadOnlyMemory<byte>? text) => text ?? throw new FormatException($"it is longer than {ByteLines.LongestLine >> 20} MiB");

    /// <exception cref="FormatException">The line is not a row. The message says why.</exception>
    internal static RawRow Row(ReadOnlyMemory<byte> line, TrainingRowKind kind = TrainingRowKind.Text)
    {
        if (line.Span.Trim(" \t\r\n"u8).IsEmpty)
        {
            throw new FormatException("it is empty");
        }

        if (!Utf8.IsValid(line.Span))
        {
            throw new FormatException("it is not UTF-8");
        }

        using JsonDocument document = Parse(line);
        JsonElement root = document.RootElement;
        RawRow row = root.ValueKind != JsonValueKind.Object ? throw new FormatException($"it is {Kind(root)}, not an object") : kind switch
        {
            TrainingRowKind.Class => Labelled(root),
            TrainingRowKind.Pair => Pair(root),
            _ => Text(root),
        };
        return row with { Adapter = Texts(root, "adapter"), Task = TaskField.Of(Property(root, TaskField.Name) is { } task ? Scalar(task, TaskField.Name, TaskField.Wanted) : null) };
    }

    private static RawRow Text(JsonElement root)
    {
        if (Property(root, "messages") is { } messages)
        {
            return new RawRow
            {
                Messages = Messages(messages),
                Tools = Property(root, "tools") is { } tools ? Array(tools, "tools") : null,
                Variables = Property(root, "chat_template_kwargs") is { ValueKind: JsonValueKind.Object } inputs ? JsonObject.Create(inputs.Clone()) : null,
            };
        }

        return Texts(root, "text") is { } text ? new RawRow { Text = text } : Completion(root) ?? Nothing(root);
    }

    private static RawRow Pair(JsonElement root) => Property(root, "source") is { } source && Property(root, "target") is { } target
        ? new RawRow { Source = String(source, "source"), Target = String(target, "target") }
        : Completion(root) ?? Nothing(root);

    private static RawRow Labelled(JsonElement root) => Property(root, "text") is { } text && Property(root, "label") is { } label
        ? new RawRow
        {
            Text = String(text, "text"),
            TextPair = Texts(root, "text_pair"),
            Label = Scalar(label, "label", "not the name or the index of a class"),
        }
        : Nothing(root);

    private static RawRow? Completion(JsonElement root) => Property(root, "prompt") is { } prompt && Property(root, "completion") is { } completion
        ? new RawRow { Prompt = String(prompt, "prompt"), Completion = String(completion, "completion") }
        : null;

    // The encoder refuses such a row and says what it needs.
    private static RawRow Nothing(JsonElement root) => new() { Names = [.. root.EnumerateObject().Select(property => property.Name)] };

    private static string? Texts(JsonElement root, string name) => Property(root, name) is { } value ? String(value, name) : null;

    /// <summary>Reads a list that another kind of file contains as text.</summary>
    /// <exception cref="FormatException">The text is not such a list.</exception>
    internal static JsonArray Array(string json, string name)
    {
        try
        {
            using JsonDocument document = Parse(Encoding.UTF8.GetBytes(json));
            return name == "messages" ? Messages(document.RootElement) : Array(document.RootElement, name);
        }
        catch (FormatException problem) when (!problem.Message.Contains($"'{name}'", StringComparison.Ordinal))
        {
            throw new FormatException($"'{name}': {problem.Message}", problem);
        }
    }

    private static JsonDocument Parse(ReadOnlyMemory<byte> line)
    {
        try
        {
            return JsonDocument.Parse(line, Strict);
        }
        catch (JsonException problem) when (problem.Message.Contains("uplicate", StringComparison.Ordinal))
        {
            throw new FormatException("it names a property twice", problem);
        }
        catch (InvalidOperationException problem)
        {
            throw new FormatException("the name of a property contains half a surrogate pair", problem);   // names are decoded to be compared
        }
        catch (JsonException problem)
        {
            throw new FormatException($"it is not JSON (character {problem.BytePositionInLine + 1})", problem);
        }
    }

    // Many tools write a null for a column that a row does not have.
    private static JsonElement? Property(JsonElement row, string name) =>
        row.TryGetProperty(name, out JsonElement value) && value.ValueKind != JsonValueKind.Null ? value : null;

    private static JsonArray Messages(JsonElement value)
    {
        JsonArray messages = Array(value, "messages");
        int number = 0;
        foreach (JsonElement message in value.EnumerateArray())
        {
            number++;
            if (message.ValueKind != JsonValueKind.Object || !message.TryGetProperty("role", out JsonElement role) || role.ValueKind != JsonValueKind.String)
            {
                throw new FormatException($"message {number} of 'messages' is {(message.ValueKind == JsonValueKind.Object ? "an object without a 'role'" : Kind(message))}");
            }
        }

        return number > 0 ? messages : throw new FormatException("'messages' is empty");
    }

    private static JsonArray Array(JsonElement value, string name)
    {
        if (value.ValueKind != JsonValueKind.Array)
        {
            throw new FormatException($"'{name}' is {Kind(value)}, not an array");
        }

        CheckStrings(value, name);
        return JsonArray.Create(value.Clone())!;
    }

    private static void CheckStrings(JsonElement value, string name)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.String: String(value, name); break;
            case JsonValueKind.Array: value.EnumerateArray().ToList().ForEach(item => CheckStrings(item, name)); break;
            case JsonValueKind.Object: value.EnumerateObject().ToList().ForEach(item => CheckStrings(item.Value, name)); break;
        }
    }

    private static JsonNode? Scalar(JsonElement value, string name, string wanted) => value.ValueKind switch
    {
        JsonValueKind.Number => JsonValue.Create(value.Clone()),
        JsonValueKind.String => JsonValue.Create(String(value, name)),
        _ => throw new FormatException($"'{name}' is {Kind(value)}, {wanted}"),
    };

    private static string String(JsonElement value, string name)
    {
        if (value.ValueKind != JsonValueKind.String)
        {
            throw new FormatException($"'{name}' is {Kind(value)}, not a string");
        }

        try
        {
            return value.GetString()!;
        }
        catch (InvalidOperationException problem)
        {
            throw new FormatException($"'{name}' contains half a surrogate pair", problem);
        }
    }

    private static string Kind(JsonElement value) => $"a JSON {value.ValueKind.ToString().ToLowerInvariant()}";
}
