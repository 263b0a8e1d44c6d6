using System.Globalization;
using System.Text.Json.Nodes;

namespace Peft.Declarative.Tests.Declared;

/// <summary>Arguments of an attribute, from the values that a file has for them.</summary>
internal static class DeclaredArguments
{
    internal static JsonArray? AsList(JsonNode? node) => node is JsonValue single ? new JsonArray(single.DeepClone()) : node as JsonArray;

    internal static IEnumerable<string> Selector(string list, string pattern, JsonNode? node) => node switch
    {
        JsonArray { Count: > 0 } names => [$"{list} = [{string.Join(", ", names.Select(name => Literal(name!.GetValue<string>())))}]"],
        JsonValue text => [$"{pattern} = {Literal(text.GetValue<string>())}"],
        _ => [],
    };

    internal static IEnumerable<string> Numbers(string argument, JsonNode? node) => node switch
    {
        JsonArray numbers => [$"{argument} = [{string.Join(", ", numbers.Select(number => number!.ToJsonString()))}]"],
        JsonValue single => [$"{argument} = [{single.ToJsonString()}]"],
        _ => [],
    };

    internal static IEnumerable<string> Entries(string argument, JsonNode? node) => node is JsonObject { Count: > 0 } map
        ? [$"{argument} = [{string.Join(", ", map.Select(entry => Literal($"{entry.Key}={entry.Value!.GetValue<double>().ToString(CultureInfo.InvariantCulture)}")))}]"]
        : [];

    internal static string Literal(string text) => "@\"" + text.Replace("\"", "\"\"", StringComparison.Ordinal) + "\"";
}
