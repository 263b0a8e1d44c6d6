using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Unicode;

namespace Peft.Declarative.Checkpoints;

/// <summary>Reads the JSON files that lie beside weights, and says file, line and reason when one is broken.</summary>
public static class JsonFile
{
    /// <summary>Largest file that is read, in bytes: far above any configuration or index.</summary>
    public const long MaxLength = 64L << 20;

    private const int MaxDepth = 64;

    private static readonly JsonDocumentOptions Options = new() { MaxDepth = MaxDepth, AllowDuplicateProperties = false };

    /// <summary>The object that a JSON file holds, with its keys in the file's order and its numbers as they are written.</summary>
    /// <param name="path">Path of a UTF-8 file.</param>
    /// <exception cref="PeftException">
    /// PEFT504: the file is missing, cannot be read, is larger than <see cref="MaxLength"/>, or is not a JSON object whose keys are unique.
    /// </exception>
    public static JsonObject ReadObject(string path)
    {
        byte[] bytes = ReadBytes(path);
        ReadOnlyMemory<byte> text = bytes.AsMemory(bytes.AsSpan().StartsWith("\uFEFF"u8) ? 3 : 0);   // editors on Windows put a mark there
        if (!Utf8.IsValid(text.Span))
        {
            throw Fail(path, "it is not UTF-8 text");
        }

        CheckStrings(path, text.Span);
        try
        {
            return JsonNode.Parse(text.Span, documentOptions: Options) as JsonObject
                ?? throw Fail(path, "it does not hold an object: it must begin with '{'");
        }
        catch (JsonException error)
        {
            throw Fail(path, error);
        }
    }

    private static byte[] ReadBytes(string path)
    {
        try
        {
            using FileStream stream = new(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, bufferSize: 1);
            if (stream.Length > MaxLength)
            {
                throw Fail(path, $"it has {stream.Length:N0} bytes, more than the {MaxLength:N0} that are read");
            }

            byte[] bytes = new byte[stream.Length];
            stream.ReadExactly(bytes);
            return bytes;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw CheckpointErrors.Unreadable(path, error, CheckpointErrors.Adapter);
        }
    }

    // A document decodes its strings when they are asked for. Half a surrogate pair ("\ud800") would surface far from here.
    private static void CheckStrings(string path, ReadOnlySpan<byte> text)
    {
        Utf8JsonReader reader = new(text, new JsonReaderOptions { MaxDepth = MaxDepth });
        try
        {
            while (reader.Read())
            {
                if (reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName)
                {
                    _ = reader.GetString();
                }
            }
        }
        catch (InvalidOperationException)
        {
            int line = 1 + text[..(int)reader.TokenStartIndex].Count((byte)'\n');
            throw Fail(path, $"line {line}: a string holds half of a surrogate pair");
        }
        catch (JsonException error)
        {
            throw Fail(path, error);
        }
    }

    private static PeftException Fail(string path, JsonException error)
    {
        // The message ends with a position that counts lines from zero.
        string reason = error.Message.Split(" LineNumber:", 2)[0].TrimEnd('.');
        string line = error.LineNumber is { } number ? $"line {number + 1}: " : "";
        return Fail(path, line + reason, error);
    }

    private static PeftException Fail(string path, string reason, Exception? inner = null) => new(CheckpointErrors.Adapter,
        $"'{path}' is not a JSON file that can be used: {UntrustedText.Shown(reason)}. Correct it, or copy it again from where it came.", inner);
}
