using System.Globalization;
using System.Numerics;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Peft.Declarative.Text.Templates.Values;

/// <summary>Turns JSON into the values that Python's <c>json.loads</c> would make of it.</summary>
internal static class TemplateJsonReader
{
    private const int DeepestNesting = 128;   // so that it can be written: Budget.DeepestNesting is for the template as well

    internal static object? Value(JsonNode? node, int depth = 0) => node switch
    {
        _ when depth > DeepestNesting => throw new TemplateException(1, $"what it is given is nested deeper than {DeepestNesting} levels"),
        null => null,
        JsonObject members => members.Aggregate(new DictValue(), (dict, member) => dict.With(member.Key, Value(member.Value, depth + 1))),
        JsonArray items => new ListValue([.. items.Select(item => Value(item, depth + 1))]),
        _ => node.GetValueKind() switch
        {
            JsonValueKind.String => node.GetValue<string>(),
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            JsonValueKind.Number => Number(node.ToJsonString(), isFloat: node.GetValue<object>() is double or float or decimal),
            _ => null,
        },
    };

    // 2 is an integer, 2.0 and 2e0 are floats; so is a double that code put there, which is written as 2.
    private static object Number(string text, bool isFloat) => isFloat || text.AsSpan().ContainsAny(".eE")
        ? double.Parse(text, CultureInfo.InvariantCulture)
        : BigInteger.Parse(text, CultureInfo.InvariantCulture);
}
