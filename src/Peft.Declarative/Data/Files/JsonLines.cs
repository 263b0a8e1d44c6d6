using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Unicode;
using Peft.Declarative.Data.Rows;
using Peft.Declarative.Text.Errors;

namespace Peft.Declarative.Data.Files;

/// <summary>Reads JSON lines: objects with <c>text</c>, with <c>prompt</c> and <c>completion</c>, or with <c>messages</c> and perhaps <c>tools</c>.</summary>
internal static class JsonLines
{
    // A name that stands twice would mean one thing here and another elsewhere.
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    /// <summary>The rows of a file, each to be read before the next one is asked for.</summary>
    internal static IEnumerable<Func<RawRow>> Read(string path)
    {
        foreach (ReadOnlyMemory<byte>? line in ByteLines.Of(path))
        {
            yield return () => Row(line ?? throw new FormatException($"it is longer than {ByteLines.LongestLine >> 20} MiB"));
        }
    }

    /// <exception cref="FormatException">The line is no row; says why.</exception>
    internal static RawRow Row(ReadOnlyMemory<byte> line)
    {
        if (line.Span.Trim(" \t\r"u8).IsEmpty)
        {
            throw new FormatException("it is empty");
        }

        if (!Utf8.IsValid(line.Span))
        {
            throw new FormatException("it is not UTF-8");
        }

        using JsonDocument document = Parse(line);
        JsonElement root = document.RootElement;
        if (root.ValueKind != JsonValueKind.Object)
        {
            throw new FormatException($"it is {Kind(root)}, not an object");
        }

        if (Property(root, "messages") is { } messages)
        {
            return new RawRow { Messages = Messages(messages), Tools = Property(root, "tools") is { } tools ? Array(tools, "tools") : null };
        }

        if (Property(root, "text") is { } text)
        {
            return new RawRow { Text = String(text, "text") };
        }

        if (Property(root, "prompt") is { } prompt && Property(root, "completion") is { } completion)
        {
            return new RawRow { Prompt = String(prompt, "prompt"), Completion = String(completion, "completion") };
        }

        string[] names = [.. root.EnumerateObject().Take(4).Select(property => $"'{UntrustedText.Shown(property.Name)}'")];
        string has = names.Length == 0 ? "no keys" : string.Join(", ", names);
        throw new FormatException($"it has {has}, but neither 'text' nor 'prompt' with 'completion' nor 'messages'");
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
            throw new FormatException("the name of a property holds half a surrogate pair", problem);   // names are decoded to be compared
        }
        catch (JsonException problem)
        {
            throw new FormatException($"it is not JSON (character {problem.BytePositionInLine + 1})", problem);
        }
    }

    // Columns that a row does not have are written as null by many tools.
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
            throw new FormatException($"'{name}' holds half a surrogate pair", problem);
        }
    }

    private static string Kind(JsonElement value) => $"a JSON {value.ValueKind.ToString().ToLowerInvariant()}";
}
