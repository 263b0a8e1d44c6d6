using System.Globalization;
using System.Numerics;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Peft.Declarative.Templates.Values;

/// <summary>Turns JSON into the values that Python's <c>json.loads</c> would make of it.</summary>
internal static class JsonReading
{
    internal static object? Value(JsonNode? node) => node switch
    {
        null => null,
        JsonObject members => members.Aggregate(new DictValue(), (dict, member) => dict.With(member.Key, Value(member.Value))),
        JsonArray items => new ListValue([.. items.Select(Value)]),
        _ => node.GetValueKind() switch
        {
            JsonValueKind.String => node.GetValue<string>(),
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            JsonValueKind.Number => Number(node.ToJsonString()),
            _ => null,
        },
    };

    // 2 is an integer, 2.0 and 2e0 are floats.
    private static object Number(string text) => text.AsSpan().ContainsAny(".eE")
        ? double.Parse(text, CultureInfo.InvariantCulture)
        : BigInteger.Parse(text, CultureInfo.InvariantCulture);
}
