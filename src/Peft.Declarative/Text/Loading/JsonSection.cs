using System.Globalization;
using System.Text.Json;

namespace Peft.Declarative.Text.Loading;

/// <summary>A value inside a JSON file that knows where it stands, so that every error can say so.</summary>
internal readonly struct JsonSection(JsonElement value, string file, string place)
{
    /// <summary>Deepest nesting of components inside components; the files in use need four.</summary>
    private const int DeepestPlace = 400;

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

    internal PeftException Error(string problem, Exception? inner = null) => TokenizerProblem.In(file, place, problem, inner);

    /// <summary>What stands for one component of <paramref name="kind"/> that this version does not have.</summary>
    internal PeftException Unknown(string kind, IEnumerable<string> known) =>
        Error($"asks for the {kind} '{Type}', which is not known. Known are {string.Join(", ", known)}.");

    internal IEnumerable<JsonSection> Items()
    {
        if (!IsArray)
        {
            throw Error("must be a list.");
        }

        int index = 0;
        foreach (JsonElement item in value.EnumerateArray())
        {
            yield return new JsonSection(item, file, $"{place}[{index++}]");
        }
    }

    internal IEnumerable<(string Key, JsonSection Section)> Members()
    {
        if (!IsObject)
        {
            throw Error("must be an object.");
        }

        foreach (JsonProperty member in value.EnumerateObject())
        {
            yield return (NameOf(member), new JsonSection(member.Value, file, Below("…")));
        }
    }

    internal string AsText()
    {
        if (!IsText)
        {
            throw Error("must be text.");
        }

        try
        {
            return value.GetString()!;
        }
        catch (InvalidOperationException broken)
        {
            throw Error("holds half of a surrogate pair.", broken);
        }
    }

    internal int AsId()
    {
        if (value.ValueKind != JsonValueKind.Number || !value.TryGetInt32(out int id) || id < 0 || id > Vocabulary.GreatestId)
        {
            throw Error($"must be a token id from 0 to {Vocabulary.GreatestId:N0}.");
        }

        return id;
    }

    internal string Text(string key) => this[key].AsText();

    internal string? TextOrNull(string key) => this[key].IsNull ? null : Text(key);

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

    private string NameOf(JsonProperty member)
    {
        try
        {
            return member.Name;
        }
        catch (InvalidOperationException broken)
        {
            throw Error("has a key that holds half of a surrogate pair.", broken);
        }
    }

    private string Below(string key) => place.Length > DeepestPlace
        ? throw Error("is nested too deeply.")
        : place.Length == 0 ? key : $"{place}.{key}";
}
