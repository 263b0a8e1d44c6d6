using System.Text.Json.Nodes;
using Peft.Declarative.Targeting;
using Peft.Declarative.Tests.Declared;

namespace Peft.Declarative.Tests.Methods.Lora;

/// <summary>The attribute that says what a LoRA's file says.</summary>
internal static class LoraDeclaration
{
    internal static string Of(JsonObject config, IEnumerable<string> keys)
    {
        List<string> arguments =
        [
            $"rank: {config["r"]}",
            $"Alpha = {config["lora_alpha"]}",
            .. DeclaredArguments.Selector("Targets", "TargetPattern", config["target_modules"]),
            .. DeclaredArguments.Selector("Exclude", "ExcludePattern", config["exclude_modules"]),
            .. DeclaredArguments.Selector("ModulesToSave", "ModulesToSave", SavedModules(config["modules_to_save"], keys)),
            .. DeclaredArguments.Numbers("Layers", config["layers_to_transform"]),
            .. DeclaredArguments.Selector("LayersPattern", "LayersPattern", DeclaredArguments.AsList(config["layers_pattern"])),
            .. DeclaredArguments.Numbers("TrainableTokens", config["trainable_token_indices"]),
            .. DeclaredArguments.Entries("RankPattern", config["rank_pattern"]),
            .. DeclaredArguments.Entries("AlphaPattern", config["alpha_pattern"]),
        ];
        if (config["use_rslora"]!.GetValue<bool>())
        {
            arguments.Add("UseRsLora = true");
        }

        if (config["lora_bias"]!.GetValue<bool>())
        {
            arguments.Add("OwnBias = true");
        }

        if (config["bias"]!.GetValue<string>() is not "none" and string bias)
        {
            arguments.Add($"Bias = BiasTraining.{(bias == "all" ? "All" : "AdaptedLayers")}");
        }

        return $"Lora({string.Join(", ", arguments)})";
    }

    internal static string OfHub(JsonObject config, IEnumerable<string> keys)
    {
        string[] targets = [.. keys.Select(key => key.Split('.')).Select(parts => parts[Array.IndexOf(parts, "loras") - 1]).Distinct()];
        return $"Lora(rank: {config["r"]}, Alpha = {config["alpha"]}, Targets = [{string.Join(", ", targets.Select(DeclaredArguments.Literal))}])";
    }

    // The reference library matches these on any end of a path, also within a word ('norm' is 'input_layernorm' to it); a declaration names each.
    private static JsonArray? SavedModules(JsonNode? node, IEnumerable<string> keys) => node is not JsonArray names ? null : new JsonArray(
    [
        .. keys.SelectMany(key => LayerPath.SelfAndParents(key[..key.LastIndexOf('.')]))
            .Where(path => names.Any(name => path.EndsWith(name!.GetValue<string>(), StringComparison.Ordinal)))
            .Select(path => path[(path.LastIndexOf('.') + 1)..]).Distinct().Select(name => (JsonNode?)JsonValue.Create(name)),
    ]);
}
