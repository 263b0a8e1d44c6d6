using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Peft.Declarative.Text.Errors;

namespace Peft.Declarative.Serving.Personas;

/// <summary>
/// The personas that are texts: files <c>NAME.txt</c> or <c>NAME.md</c> in a folder, each a system prompt of the base model. A file that is replaced is taken
/// over by the next request.
/// </summary>
/// <param name="folder">The folder, which may have adapters too; <see langword="null"/> for none.</param>
/// <param name="tokenizer">The tokenizer of the base model.</param>
/// <param name="most">The number of tokens that the model reads.</param>
internal sealed class TextPersonas(string? folder, Tokenizer tokenizer, int most)
{
    private const int MaxBytes = 1 << 18;
    private const string About = "README";   // tells people about the folder

    private static readonly string[] Extensions = [".txt", ".md"];
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly ConcurrentDictionary<string, (string State, string? Text, string? Problem)> _read = new(StringComparer.Ordinal);

    /// <summary>The number of files that are remembered.</summary>
    internal int Held => _read.Count;

    /// <summary>The names of the files without their endings.</summary>
    internal IReadOnlyList<string> Names => [.. Files().Select(file => Path.GetFileNameWithoutExtension(file)).Distinct(StringComparer.Ordinal)];

    /// <summary>What is wrong with files, by their names.</summary>
    /// <param name="taken">Whether another persona has a name.</param>
    internal IEnumerable<(string File, string Problem)> Problems(Func<string, bool> taken) =>
        from file in Files()
        let name = Path.GetFileNameWithoutExtension(file)
        let problem = !PersonaName.IsValid(name) ? $"{PersonaName.Rule}. Rename the file."
            : taken(name) || file != PathOf(name) ? $"The name '{name}' is that of another persona. Rename one of them."
            : Read(file).Problem
        where problem is not null
        select (Path.GetFileName(file), problem);

    /// <summary>Whether there is a text of a valid name.</summary>
    internal bool Has(string name) => PathOf(name) is not null;

    /// <summary>Whether the text of a name can be used.</summary>
    internal bool IsSound(string name) => PathOf(name) is { } file && Read(file).Problem is null;

    /// <summary>Gets a text.</summary>
    /// <exception cref="PeftException">It cannot be used.</exception>
    internal string this[string name]
    {
        get
        {
            (_, string? text, string? problem) = PathOf(name) is { } file ? Read(file) : (null!, null, "The file has gone.");
            return text ?? throw new PeftException(RuleIds.ModelUnreadable, problem!);
        }
    }

    /// <summary>Puts a text before a conversation. One that begins with system prompts keeps them, after the text.</summary>
    internal static JsonArray Before(JsonArray messages, string text)
    {
        JsonArray all = messages.DeepClone().AsArray();
        JsonObject told = new() { ["role"] = "system" };
        while (all.FirstOrDefault() is JsonObject first && IsSystem(first))   // one system prompt, because many templates know no second one
        {
            if (first["content"] is JsonArray parts)
            {
                parts.Insert(0, new JsonObject { ["type"] = "text", ["text"] = Joined(text, "") });
                return all;
            }

            text = Joined(text, first["content"]?.ToString() ?? "");
            told = first;
            all.RemoveAt(0);
        }

        told["content"] = text;
        all.Insert(0, told);
        return all;
    }

    /// <summary>A text, and what follows it in the same prompt.</summary>
    internal static string Joined(string text, string rest) => $"{text}\n\n{rest}";

    private static bool IsSystem(JsonObject message) => message["role"]?.ToString() is "system" or "developer";

    private IEnumerable<string> Files() => folder is null || !Directory.Exists(folder) ? [] : Directory.EnumerateFiles(folder)
        .Where(file => Path.GetFileName(file)[0] != '.' && Extensions.Contains(Path.GetExtension(file)) && Path.GetFileNameWithoutExtension(file) != About)
        .Order(StringComparer.Ordinal);

    private string? PathOf(string name) => folder is null || !PersonaName.IsValid(name) || name == About ? null
        : Extensions.Select(extension => Path.Combine(folder, name + extension)).FirstOrDefault(File.Exists);

    private (string State, string? Text, string? Problem) Read(string file)
    {
        var info = new FileInfo(file);
        string state = string.Create(CultureInfo.InvariantCulture, $"{(info.Exists ? info.Length : 0)}:{info.LastWriteTimeUtc.Ticks}");
        if (!_read.TryGetValue(file, out (string State, string? Text, string? Problem) read) || read.State != state)
        {
            foreach (string gone in _read.Keys.Where(known => !File.Exists(known)))
            {
                _read.TryRemove(gone, out _);   // or files that come and go would fill the memory
            }

            try
            {
                _read[file] = read = (state, Parse(file), null);
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException or InvalidDataException)
            {
                _read[file] = read = (state, null, error.Message);
            }
        }

        return read;
    }

    private string Parse(string file)
    {
        using FileStream stream = RegularFile.Open(file);   // another program can make a pipe of that name, on which reading would wait for ever
        if (stream.Length > MaxBytes)
        {
            throw new InvalidDataException(FormattableString.Invariant($"The text has {stream.Length} bytes, and at most {MaxBytes} are read. Shorten it."));
        }

        byte[] bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        string text;
        try
        {
            text = Utf8.GetString(bytes).TrimStart('\uFEFF').Trim();
        }
        catch (DecoderFallbackException)
        {
            throw new InvalidDataException("The file is no text in UTF-8. Save it as one.");
        }

        int tokens = text.Length == 0 ? 0 : tokenizer.Encode(text).Count;
        return tokens == 0 ? throw new InvalidDataException("The text is empty. Write what the persona is told before every conversation.")
            : tokens >= most ? throw new InvalidDataException(FormattableString.Invariant($"The text has {tokens} tokens, and the model reads at most {most} with the conversation. Shorten it."))
            : text;
    }
}
