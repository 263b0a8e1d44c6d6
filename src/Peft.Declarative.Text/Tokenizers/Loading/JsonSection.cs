using System.Globalization;
using System.Text.Json;

namespace Peft.Declarative.Text.Tokenizers.Loading;

/// <summary>A value inside a JSON file with its path, so that every error can name it.</summary>
internal readonly struct JsonSection(JsonElement value, string file, string path, int index = -1)
{
    /// <summary>Longest path of a value, in characters; it bounds how deep components can be nested.</summary>
    private const int LongestPath = 400;

    internal JsonElement Value => value;

    internal bool IsNull => value.ValueKind is JsonValueKind.Null or JsonValueKind.Undefined;

    internal bool IsObject => value.ValueKind == JsonValueKind.Object;

    internal bool IsArray => value.ValueKind == JsonValueKind.Array;

    internal bool IsText => value.ValueKind == JsonValueKind.String;

    /// <summary>Value of the key <c>type</c>, which names a component.</summary>
    internal string Type => Text("type");

    internal JsonSection this[string key] => IsObject && value.TryGetProperty(key, out JsonElement member)
        ? new JsonSection(member, file, Below(key))
        : new JsonSection(default, file, Below(key));

    internal PeftException Error(string problem, Exception? inner = null) => TokenizerProblem.In(file, Path, problem, inner);

    /// <summary>The error for a component of <paramref name="kind"/> that this version does not have.</summary>
    internal PeftException Unknown(string kind, IEnumerable<string> known) =>
        Error($"asks for the {kind} '{Type}', which is not known. Known are {string.Join(", ", known)}.");

    internal IEnumerable<JsonSection> Items()
    {
        if (!IsArray)
        {
            throw Error("must be a list.");
        }

        string list = Path;
        int next = 0;
        foreach (JsonElement item in value.EnumerateArray())
        {
            yield return new JsonSection(item, file, list, next++);
        }
    }

    /// <summary>The entries. Their path is that of the object: there may be hundreds of thousands, and a path for each would be slow.</summary>
    internal IEnumerable<(string Key, JsonSection Section)> Members()
    {
        if (!IsObject)
        {
            throw Error("must be an object.");
        }

        foreach (JsonProperty member in value.EnumerateObject())
        {
            yield return (member.Name, new JsonSection(member.Value, file, path, index));
        }
    }

    internal JsonSection AsObject() => IsObject ? this : throw Error("must be an object.");

    internal string AsText() => IsText ? value.GetString()! : throw Error("must be text.");

    /// <summary>The texts of a list.</summary>
    internal string[] AsTexts()
    {
        var texts = new string[IsArray ? value.GetArrayLength() : throw Error("must be a list.")];
        for (int i = 0; i < texts.Length; i++)
        {
            texts[i] = new JsonSection(value[i], file, path, index).AsText();
        }

        return texts;
    }

    internal int AsId()
    {
        if (value.ValueKind != JsonValueKind.Number || !value.TryGetInt32(out int id) || id < 0 || id > Vocabulary.GreatestId)
        {
            throw Error(FormattableString.Invariant($"must be a token id from 0 to {Vocabulary.GreatestId:N0}."));
        }

        return id;
    }

    internal string Text(string key) => this[key].AsText();

    internal string? TextOrNull(string key) => this[key].IsNull ? null : Text(key);

    /// <summary>One of the known texts; the first of them if the key is missing.</summary>
    internal string OneOf(string key, string[] known)
    {
        string text = TextOrNull(key) ?? known[0];
        return known.Contains(text) ? text : throw this[key].Error($"is '{text}'; known are {string.Join(", ", known)}.");
    }

    internal bool Flag(string key, bool otherwise) => this[key] switch
    {
        { IsNull: true } => otherwise,
        { Value.ValueKind: JsonValueKind.True } => true,
        { Value.ValueKind: JsonValueKind.False } => false,
        JsonSection other => throw other.Error("must be true or false."),
    };

    internal int Number(string key, int otherwise)
    {
        JsonSection section = this[key];
        if (section.IsNull)
        {
            return otherwise;
        }

        return section.Value.ValueKind == JsonValueKind.Number && section.Value.TryGetInt32(out int number) && number >= 0
            ? number
            : throw section.Error(string.Create(CultureInfo.InvariantCulture, $"must be a whole number from 0 to {int.MaxValue}."));
    }

    // Built only on request; a list of merges has half a million items.
    private string Path => index < 0 ? path : string.Create(CultureInfo.InvariantCulture, $"{path}[{index}]");

    private string Below(string key) => path.Length > LongestPath
        ? throw Error("is nested too deeply.")
        : path.Length == 0 ? key : $"{Path}.{key}";
}
