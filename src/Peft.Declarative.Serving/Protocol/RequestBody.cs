using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Peft.Declarative.Text.Errors;

namespace Peft.Declarative.Serving.Protocol;

/// <summary>The fields of a request. Every problem is noted, so that one answer names them all.</summary>
internal sealed class RequestBody(JsonObject json)
{
    private readonly List<(string Field, string Problem)> _problems = [];

    /// <summary>Reads a body.</summary>
    /// <exception cref="ProtocolException">400: it is no JSON object, or names a field twice.</exception>
    internal static RequestBody Parse(ReadOnlyMemory<byte> utf8)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(utf8, new JsonDocumentOptions { AllowDuplicateProperties = false, MaxDepth = 64 });
            return JsonObject.Create(document.RootElement.Clone()) is { } json ? new RequestBody(json) : throw NoObject("it is a JSON value of another kind");
        }
        catch (JsonException error)
        {
            throw NoObject(error.Message);
        }
        catch (InvalidOperationException)
        {
            throw NoObject("it is a JSON value of another kind");
        }
    }

    internal bool Has(string field) => json[field] is not null;

    internal string? Text(string field) => json[field] switch
    {
        null => null,
        JsonValue value when value.GetValueKind() == JsonValueKind.String => value.GetValue<string>(),
        _ => Wrong<string>(field, "must be a string"),
    };

    /// <summary>A field that has these values only, because others cannot be followed here.</summary>
    internal string? OneOf(string field, IReadOnlyList<string> values, string reason) => json[field] switch
    {
        null => null,
        JsonValue value when value.GetValueKind() == JsonValueKind.String && values.Contains(value.GetValue<string>()) => value.GetValue<string>(),
        _ => Wrong<string>(field, reason),
    };

    internal bool Flag(string field) => json[field] switch
    {
        null => false,
        JsonValue value when value.GetValueKind() is JsonValueKind.True or JsonValueKind.False => value.GetValue<bool>(),
        _ => Wrong<bool>(field, "must be true or false"),
    };

    internal double? Number(string field, double least, double most) => json[field] switch
    {
        null => null,
        JsonValue value when value.GetValueKind() == JsonValueKind.Number && value.TryGetValue(out double number) && number >= least && number <= most => number,
        _ => Wrong<double?>(field, string.Create(CultureInfo.InvariantCulture, $"must be a number from {least} to {most}")),
    };

    internal long? Integer(string field, long least, long most) => json[field] switch
    {
        null => null,
        JsonValue value when value.GetValueKind() == JsonValueKind.Number && value.TryGetValue(out long number) && number >= least && number <= most => number,
        _ => Wrong<long?>(field, string.Create(CultureInfo.InvariantCulture, $"must be a whole number from {least} to {most}")),
    };

    internal IReadOnlyList<string> Texts(string field, int most) => json[field] switch
    {
        null => [],
        JsonValue value when value.GetValueKind() == JsonValueKind.String => [value.GetValue<string>()],
        JsonArray list when list.Count <= most && list.All(item => item?.GetValueKind() == JsonValueKind.String) => [.. list.Select(item => item!.GetValue<string>())],
        _ => Wrong<IReadOnlyList<string>>(field, string.Create(CultureInfo.InvariantCulture, $"must be a string or a list of at most {most} strings")) ?? [],
    };

    internal JsonArray? Objects(string field, int most) => json[field] switch
    {
        null => null,
        JsonArray list when list.Count <= most && list.All(item => item is JsonObject) => list,
        _ => Wrong<JsonArray>(field, string.Create(CultureInfo.InvariantCulture, $"must be a list of at most {most} objects")),
    };

    internal JsonObject? Object(string field) => json[field] switch
    {
        null => null,
        JsonObject value => value,
        _ => Wrong<JsonObject>(field, "must be an object"),
    };

    /// <summary>Refuses a field that would change the answer and has no effect here. What asks for nothing is accepted.</summary>
    internal void Refuse(string field, string reason, Func<JsonNode, bool>? asksForNothing = null)
    {
        if (json[field] is { } value && asksForNothing?.Invoke(value) != true)
        {
            Note(field, reason);
        }
    }

    internal void Note(string field, string problem) => _problems.Add((field, problem));

    /// <exception cref="ProtocolException">400: fields are wrong; all are named.</exception>
    internal void ThrowIfWrong()
    {
        if (_problems.Count > 0)
        {
            throw new ProtocolException(400, null, $"The request cannot be answered: {string.Join("; ", _problems.Select(entry => $"'{entry.Field}' {entry.Problem}"))}.")
            {
                Parameter = _problems[0].Field,
            };
        }
    }

    private static ProtocolException NoObject(string reason) =>
        new(400, null, $"The body is no JSON object: {UntrustedText.Shown(reason)} Send one, with Content-Type: application/json.");

    private T? Wrong<T>(string field, string problem)
    {
        Note(field, problem);
        return default;
    }
}
