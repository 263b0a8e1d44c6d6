using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Unicode;
using Peft.Declarative.Text.Errors;

namespace Peft.Declarative.Text.Json;

/// <summary>Reads JSON files of bounded size, and reports file, line and reason when one is broken.</summary>
internal static class JsonFile
{
    /// <summary>Largest file that <see cref="ReadObject"/> accepts, in bytes: far above any configuration or index.</summary>
    public const long MaxLength = 64L << 20;

    private const int MaxDepth = 64;

    // A parser's message quotes what it found in the file.
    private const int LongestReason = 300;

    private static readonly JsonDocumentOptions UniqueKeys = new() { MaxDepth = MaxDepth, AllowDuplicateProperties = false };

    /// <summary>Reads a file that holds one JSON object. Keys keep the file's order, and numbers their digits.</summary>
    /// <param name="path">Path of a UTF-8 file, with or without a byte-order mark.</param>
    /// <returns>The object.</returns>
    /// <exception cref="PeftException">
    /// PEFT504: the file is missing, cannot be read, is larger than <see cref="MaxLength"/>, or is not a JSON object whose keys are unique.
    /// </exception>
    /// <example><code>
    /// JsonObject config = JsonFile.ReadObject("model/config.json");
    /// string? family = config["model_type"]?.GetValue&lt;string&gt;();
    /// </code></example>
    public static JsonObject ReadObject(string path)
    {
        const string Id = RuleIds.ConfigurationUnreadable;
        ReadOnlyMemory<byte> text = ReadText(path, MaxLength, Id);
        return Parse(path, Id, () => JsonNode.Parse(text.Span, documentOptions: UniqueKeys)) as JsonObject
            ?? throw Fail(path, Id, "it does not hold an object: it must begin with '{'");
    }

    /// <summary>Opens a file as a document, which the caller disposes. Of a key that occurs twice, the last value counts, as in Python.</summary>
    /// <param name="path">Path of a UTF-8 file, with or without a byte-order mark.</param>
    /// <param name="maxLength">Largest file that is accepted, in bytes.</param>
    /// <param name="id">Rule id that the errors carry.</param>
    internal static JsonDocument Open(string path, long maxLength, string id)
    {
        ReadOnlyMemory<byte> text = ReadText(path, maxLength, id);
        return Parse(path, id, () => JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = MaxDepth }));
    }

    private static T Parse<T>(string path, string id, Func<T> parse)
    {
        try
        {
            return parse();
        }
        catch (JsonException error)
        {
            throw Fail(path, id, error);
        }
    }

    private static ReadOnlyMemory<byte> ReadText(string path, long maxLength, string id)
    {
        byte[] bytes = ReadBytes(path, maxLength, id);
        ReadOnlyMemory<byte> text = bytes.AsMemory(bytes.AsSpan().StartsWith("\uFEFF"u8) ? 3 : 0);   // editors on Windows write the mark
        if (!Utf8.IsValid(text.Span))
        {
            throw Fail(path, id, "it is not UTF-8 text");
        }

        CheckEscapes(path, id, text.Span);
        return text;
    }

    private static byte[] ReadBytes(string path, long maxLength, string id)
    {
        try
        {
            using FileStream stream = RegularFile.Open(path);
            if (stream.Length > maxLength)
            {
                throw Fail(path, id, FormattableString.Invariant($"it has {stream.Length:N0} bytes, more than the {maxLength:N0} that are read"));
            }

            byte[] bytes = new byte[stream.Length];
            stream.ReadExactly(bytes);
            return bytes;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw FileErrors.Unreadable(path, error, id);
        }
    }

    // A document decodes a string only when it is asked for. Half a surrogate pair ("\ud800") would then fail far from here.
    private static void CheckEscapes(string path, string id, ReadOnlySpan<byte> text)
    {
        Utf8JsonReader reader = new(text, new JsonReaderOptions { MaxDepth = MaxDepth });
        try
        {
            while (reader.Read())
            {
                if (reader.ValueIsEscaped)
                {
                    _ = reader.GetString();
                }
            }
        }
        catch (InvalidOperationException)
        {
            int line = 1 + text[..(int)reader.TokenStartIndex].Count((byte)'\n');
            throw Fail(path, id, $"line {line}: a string holds half of a surrogate pair");
        }
        catch (JsonException error)
        {
            throw Fail(path, id, error);
        }
    }

    private static PeftException Fail(string path, string id, JsonException error)
    {
        // The message ends with a position that counts lines from zero.
        string reason = error.Message.Split(" LineNumber:", 2)[0].TrimEnd('.');
        string line = error.LineNumber is { } number ? $"line {number + 1}: " : "";
        return Fail(path, id, line + reason, error);
    }

    private static PeftException Fail(string path, string id, string reason, Exception? inner = null) => new(id,
        $"'{path}' is not a JSON file that can be used: {UntrustedText.ShownUpTo(LongestReason, reason)}. Correct it, or copy it again from its source.",
        inner);
}
