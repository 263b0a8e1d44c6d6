using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;
using Peft.Declarative.Generators.Model;

namespace Peft.Declarative.Generators.Parse;

/// <summary>
/// Reads the scalar fields of a JSON object, and the number of entries of nested values, or those entries too. It is a separate reader, because assemblies that a generator
/// references must be shipped with it and can be loaded in another version.
/// </summary>
internal sealed class ConfigFileReader
{
    /// <summary>The suffix of the name under which the number of entries of a nested field is stored.</summary>
    internal const string CountEnding = ".count";

    private const int DeepestNesting = 64;

    // Tokenizers and data sets can be additional files too, and reading them would cost more than all declarations.
    private const int Longest = 1 << 18;

    private static readonly ConditionalWeakTable<SourceText, ConfigFile> Known = new();

    private readonly string _text;
    private int _at;

    private ConfigFileReader(string text) => _text = text;

    /// <summary>The fields of nested values, by the names on the way to them; <see langword="null"/> if they are skipped.</summary>
    private List<ConfigField>? Nested { get; init; }

    /// <summary>Reads an additional file. A text that has not changed is read once.</summary>
    internal static ConfigFile Read(AdditionalText file, CancellationToken cancellation)
    {
        if (file.GetText(cancellation) is not { } text) return Read(file.Path, (string?)null);
        if (text.Length > Longest) return TooLong(ConfigPath.Normalized(file.Path));

        if (Known.TryGetValue(text, out ConfigFile? known) && known.Path == ConfigPath.Normalized(file.Path)) return known;

        ConfigFile read = Read(file.Path, text.ToString());
        return Known.GetValue(text, _ => read) is { } kept && kept.Path == read.Path ? kept : read;
    }

    /// <summary>Reads a text.</summary>
    /// <param name="path">The path of its file.</param>
    /// <param name="text">The text; <see langword="null"/> if the project lists a file that does not exist.</param>
    internal static ConfigFile Read(string path, string? text)
    {
        path = ConfigPath.Normalized(path);
        if (text is null) return new ConfigFile(path, default, "there is no such file");

        try
        {
            if (text.Length > Longest) return TooLong(path);
            var reader = new ConfigFileReader(text);
            var file = new ConfigFile(path, reader.Object().ToEquatableArray(), "");
            return reader.Peek() == '\0' ? file : throw reader.Unexpected();
        }
        catch (FormatException error)
        {
            return new ConfigFile(path, default, error.Message);
        }
    }

    /// <summary>Reads a text with its nested values, whose names are joined by slashes: <c>target_modules/0</c>.</summary>
    internal static ConfigFile ReadNested(string path, string text)
    {
        try
        {
            var reader = new ConfigFileReader(text) { Nested = [] };
            List<ConfigField> fields = reader.Object();
            return new ConfigFile(ConfigPath.Normalized(path), fields.Concat(reader.Nested).ToEquatableArray(), "");
        }
        catch (FormatException error)
        {
            return new ConfigFile(ConfigPath.Normalized(path), default, error.Message);
        }
    }

    private static ConfigFile TooLong(string path) => new(path, default, "it is longer than any config.json");

    private List<ConfigField> Object()
    {
        var fields = new List<ConfigField>();
        Expect('{');
        if (TryTake('}')) return fields;
        do
        {
            string name = String();
            Expect(':');
            if (Scalar() is { } value) fields.Add(new ConfigField(name, value));
            else fields.Add(new ConfigField(name + CountEnding, Entries(name, 0).ToString(CultureInfo.InvariantCulture)));
        }
        while (TryTake(','));
        Expect('}');
        return fields;
    }

    /// <summary>Reads a string, number, boolean or null as text; <see langword="null"/> if a nested value follows.</summary>
    private string? Scalar()
    {
        char next = Peek();
        if (next is '{' or '[') return null;
        if (next == '"') return String();

        int start = _at;
        while (_at < _text.Length && (char.IsLetterOrDigit(_text[_at]) || _text[_at] is '+' or '-' or '.')) _at++;
        return _at > start ? _text.Substring(start, _at - start) : throw Unexpected();
    }

    /// <summary>Reads or skips an object or a list and returns its number of entries.</summary>
    private int Entries(string path, int depth)
    {
        if (depth > DeepestNesting) throw new FormatException($"it is nested deeper than {DeepestNesting} levels");

        bool isObject = Peek() == '{';
        _at++;
        if (TryTake(isObject ? '}' : ']')) return 0;

        int entries = 0;
        do
        {
            string name = isObject ? String() : entries.ToString(CultureInfo.InvariantCulture);
            if (isObject) Expect(':');
            entries++;

            string inner = Nested is null ? "" : $"{path}/{name}";
            if (Scalar() is not { } value) Entries(inner, depth + 1);
            else Nested?.Add(new ConfigField(inner, value));
        }
        while (TryTake(','));
        Expect(isObject ? '}' : ']');
        return entries;
    }

    private string String()
    {
        Expect('"');
        var value = new StringBuilder();
        while (_at < _text.Length && _text[_at] != '"')
        {
            // Relevant names and values have no escapes. The character after a backslash is kept unchanged.
            if (_text[_at] == '\\') _at++;
            if (_at < _text.Length) value.Append(_text[_at++]);
        }

        Expect('"');
        return value.ToString();
    }

    private char Peek()
    {
        while (_at < _text.Length && char.IsWhiteSpace(_text[_at])) _at++;
        return _at < _text.Length ? _text[_at] : '\0';
    }

    private bool TryTake(char expected)
    {
        if (Peek() != expected) return false;
        _at++;
        return true;
    }

    private void Expect(char expected)
    {
        if (!TryTake(expected)) throw Unexpected();
    }

    private FormatException Unexpected() => new(_at < _text.Length
        ? $"it is not JSON at character {(_at + 1).ToString(CultureInfo.InvariantCulture)} ('{_text[_at]}')"
        : "it ends in the middle of its JSON");
}
