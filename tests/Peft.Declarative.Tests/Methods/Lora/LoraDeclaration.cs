using System.Text.Json.Nodes;
using Peft.Declarative.Tests.Declared;

namespace Peft.Declarative.Tests.Methods.Lora;

/// <summary>The attribute that says what a LoRA's file says.</summary>
internal static class LoraDeclaration
{
    internal static string Of(JsonObject config, IEnumerable<string> keys)
    {
        string ownBias = config["lora_bias"]!.GetValue<bool>() ? ", OwnBias = true" : "";
        return $"Lora({string.Join(", ", Arguments(config, keys))}{ownBias})";
    }

    internal static string OfAdapterHub(JsonObject config, IEnumerable<string> keys) =>
        $"Lora(rank: {config["r"]}, Alpha = {config["alpha"]}, Targets = [{DeclaredArguments.AdapterHubTargets(keys)}])";

    /// <summary>What the attributes of all low-rank methods have.</summary>
    internal static IEnumerable<string> Arguments(JsonObject config, IEnumerable<string> keys) =>
    [
        $"rank: {config["r"]}",
        $"Alpha = {config["lora_alpha"]}",
        $"Dropout = {config["lora_dropout"]}",
        $"UseRsLora = {config["use_rslora"]!.ToJsonString()}",
        .. DeclaredArguments.Layers(WithOwners(config), keys),
        .. DeclaredArguments.Bias(config),
        .. DeclaredArguments.Numbers("TrainableTokens", config["trainable_token_indices"]),
        .. DeclaredArguments.Entries("RankPattern", config["rank_pattern"]),
        .. DeclaredArguments.Entries("AlphaPattern", config["alpha_pattern"]),
    ];

    // A file may name the weights of layers; a declaration names the layers.
    private static JsonObject WithOwners(JsonObject config)
    {
        const string Weight = ".weight";
        if (config["target_parameters"] is not JsonArray { Count: > 0 } parameters)
        {
            return config;
        }

        JsonObject named = config.DeepClone().AsObject();
        named["target_modules"] = new JsonArray([.. parameters.Select(parameter => (JsonNode?)parameter!.GetValue<string>()[..^Weight.Length])]);
        return named;
    }
}
