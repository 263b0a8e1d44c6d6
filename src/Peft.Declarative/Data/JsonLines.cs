using System.Text;
using System.Text.Json;
using Peft.Declarative.Text;

namespace Peft.Declarative.Data;

/// <summary>Reads rows from JSON lines: <c>{"text": …}</c>, or <c>{"prompt": …, "completion": …}</c>. All bad lines are reported at once.</summary>
internal sealed class JsonLines(string path, RowEncoder encoder)
{
    private readonly List<TrainingRow> _rows = [];
    private readonly List<string> _problems = [];

    internal static IReadOnlyList<TrainingRow> Read(string path, ITokenizer tokenizer, int maxLength, int? endOfSequence) =>
        new JsonLines(path, new RowEncoder(tokenizer, maxLength, endOfSequence)).Read();

    private IReadOnlyList<TrainingRow> Read()
    {
        int number = 0;
        foreach (string line in Lines(path))
        {
            number++;
            try
            {
                _rows.Add(Row(line) with { Source = $"line {number} of '{path}'" });
            }
            catch (FormatException problem)
            {
                _problems.Add($"line {number}: {problem.Message}");
            }
        }

        return _problems.Count > 0 ? throw DataErrors.BadLines(path, _problems)
            : _rows.Count == 0 ? throw DataErrors.NoRows(path)
            : _rows;
    }

    private TrainingRow Row(string line)
    {
        if (string.IsNullOrWhiteSpace(line))
        {
            throw new FormatException("it is empty");
        }

        using JsonDocument document = Parse(line);
        JsonElement root = document.RootElement;
        if (root.ValueKind != JsonValueKind.Object)
        {
            throw new FormatException($"it is a JSON {root.ValueKind.ToString().ToLowerInvariant()}, not an object");
        }

        if (root.TryGetProperty("text", out JsonElement text))
        {
            return encoder.Text(String(text, "text"));
        }

        if (root.TryGetProperty("prompt", out JsonElement prompt) && root.TryGetProperty("completion", out JsonElement completion))
        {
            return encoder.Completion(String(prompt, "prompt"), String(completion, "completion"));
        }

        string[] names = [.. root.EnumerateObject().Take(4).Select(property => $"'{property.Name}'")];
        throw new FormatException($"it has {(names.Length == 0 ? "no keys" : string.Join(", ", names))}, but neither 'text' nor 'prompt' with 'completion'");
    }

    private static JsonDocument Parse(string line)
    {
        try
        {
            return JsonDocument.Parse(line);
        }
        catch (JsonException problem)
        {
            throw new FormatException($"it is not JSON (character {problem.BytePositionInLine + 1})", problem);
        }
    }

    private static string String(JsonElement value, string name)
    {
        if (value.ValueKind != JsonValueKind.String)
        {
            throw new FormatException($"'{name}' is a JSON {value.ValueKind.ToString().ToLowerInvariant()}, not a string");
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

    /// <summary>Lines of a UTF-8 file, with every failure to read it turned into one that names the file.</summary>
    private static IEnumerable<string> Lines(string path)
    {
        using IEnumerator<string> lines = Guard(path, () => File.ReadLines(path, new UTF8Encoding(false, throwOnInvalidBytes: true)).GetEnumerator());
        while (Guard(path, lines.MoveNext))
        {
            yield return lines.Current;
        }
    }

    private static T Guard<T>(string path, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception reason) when (reason is IOException or UnauthorizedAccessException or DecoderFallbackException or ArgumentException)
        {
            throw DataErrors.Unreadable(path, reason);
        }
    }
}
