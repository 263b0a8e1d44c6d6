using System.Globalization;
using System.Text.Json.Nodes;
using Peft.Declarative.Targeting;

namespace Peft.Declarative.Tests.Declared;

/// <summary>Arguments of an attribute, from the values that a file has for them.</summary>
internal static class DeclaredArguments
{
    /// <summary>The selectors of every method on layers.</summary>
    internal static IEnumerable<string> Layers(JsonObject config, IEnumerable<string> keys) =>
    [
        .. Selector("Targets", "TargetPattern", config["target_modules"]),
        .. Selector("Exclude", "ExcludePattern", config["exclude_modules"]),
        .. Selector("ModulesToSave", "ModulesToSave", SavedModules(config["modules_to_save"], keys)),
        .. Numbers("Layers", config["layers_to_transform"]),
        .. Selector("LayersPattern", "LayersPattern", AsList(config["layers_pattern"])),
    ];

    /// <summary>Which biases of the base are trained, for methods that offer it.</summary>
    internal static IEnumerable<string> Bias(JsonObject config) => config["bias"]?.GetValue<string>() switch
    {
        null or "none" => [],
        "all" => ["Bias = BiasTraining.All"],
        _ => ["Bias = BiasTraining.AdaptedLayers"],
    };

    /// <summary>Names of the layers that AdapterHub's updates of projections are for.</summary>
    internal static string AdapterHubTargets(IEnumerable<string> keys) =>
        string.Join(", ", keys.Select(key => key.Split('.')).Select(parts => parts[Array.IndexOf(parts, "loras") - 1]).Distinct().Select(Literal));

    /// <summary>The same by whole paths, where a name alone would mean more layers.</summary>
    internal static string AdapterHubPaths(IEnumerable<string> keys) =>
        string.Join(", ", keys.Where(key => key.Contains(".loras.", StringComparison.Ordinal)).Select(key => key[..key.IndexOf(".loras.", StringComparison.Ordinal)]).Distinct().Select(Literal));

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

    // The reference library matches these on any end of a path, also within a word ('norm' is 'input_layernorm' to it); a declaration names each.
    private static JsonArray? SavedModules(JsonNode? node, IEnumerable<string> keys) => node is not JsonArray names ? null : new JsonArray(
    [
        .. keys.SelectMany(key => LayerPath.SelfAndParents(key[..key.LastIndexOf('.')]))
            .Where(path => names.Any(name => path.EndsWith(name!.GetValue<string>(), StringComparison.Ordinal)))
            .Select(path => path[(path.LastIndexOf('.') + 1)..]).Distinct().Select(name => (JsonNode?)JsonValue.Create(name)),
    ]);
}
