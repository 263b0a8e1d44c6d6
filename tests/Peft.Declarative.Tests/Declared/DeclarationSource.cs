using System.Globalization;
using System.Text.Json.Nodes;
using Peft.Declarative.Targeting;

namespace Peft.Declarative.Tests.Declared;

/// <summary>Writes the declaration that means the same as an adapter_config.json.</summary>
internal static class DeclarationSource
{
    internal static string Of(JsonObject config, IEnumerable<string> keys, string modelType)
    {
        string family = modelType switch
        {
            "bert" => "BertForSequenceClassification",
            "gpt2" => "Gpt2ForCausalLM",
            "llama" => "LlamaForCausalLM",
            "mistral" => "MistralForCausalLM",
            "qwen2" => "Qwen2ForCausalLM",
            "roberta" => "RobertaForSequenceClassification",
            "t5" => "T5ForConditionalGeneration",
            _ => throw new ArgumentException($"No family for '{modelType}'.", nameof(modelType)),
        };
        string attribute = config["peft_type"]!.GetValue<string>() == "LORA" ? Lora(config, keys) : $"PromptTuning(tokens: {config["num_virtual_tokens"]})";
        return $$"""
            using Peft.Declarative;
            using Peft.Declarative.Models;

            namespace Declared;

            [{{attribute}}]
            public sealed partial class Persona : {{family}};
            """;
    }

    private static string Lora(JsonObject config, IEnumerable<string> keys)
    {
        List<string> arguments =
        [
            $"rank: {config["r"]}",
            $"Alpha = {config["lora_alpha"]}",
            .. Selector("Targets", "TargetPattern", config["target_modules"]),
            .. Selector("Exclude", "ExcludePattern", config["exclude_modules"]),
            .. Selector("ModulesToSave", "ModulesToSave", SavedModules(config["modules_to_save"], keys)),
            .. Numbers("Layers", config["layers_to_transform"]),
            .. Selector("LayersPattern", "LayersPattern", AsList(config["layers_pattern"])),
            .. Numbers("TrainableTokens", config["trainable_token_indices"]),
            .. Entries("RankPattern", config["rank_pattern"]),
            .. Entries("AlphaPattern", config["alpha_pattern"]),
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

    // The reference library matches these on any end of a path, also within a word ('norm' is 'input_layernorm' to it); a declaration names each.
    private static JsonArray? SavedModules(JsonNode? node, IEnumerable<string> keys) => node is not JsonArray names ? null : new JsonArray(
    [
        .. keys.SelectMany(key => LayerPath.SelfAndParents(key[..key.LastIndexOf('.')]))
            .Where(path => names.Any(name => path.EndsWith(name!.GetValue<string>(), StringComparison.Ordinal)))
            .Select(path => path[(path.LastIndexOf('.') + 1)..]).Distinct().Select(name => (JsonNode?)JsonValue.Create(name)),
    ]);

    private static JsonArray? AsList(JsonNode? node) => node is JsonValue single ? new JsonArray(single.DeepClone()) : node as JsonArray;

    private static IEnumerable<string> Selector(string list, string pattern, JsonNode? node) => node switch
    {
        JsonArray { Count: > 0 } names => [$"{list} = [{string.Join(", ", names.Select(name => Literal(name!.GetValue<string>())))}]"],
        JsonValue text => [$"{pattern} = {Literal(text.GetValue<string>())}"],
        _ => [],
    };

    private static IEnumerable<string> Numbers(string argument, JsonNode? node) => node switch
    {
        JsonArray numbers => [$"{argument} = [{string.Join(", ", numbers.Select(number => number!.ToJsonString()))}]"],
        JsonValue single => [$"{argument} = [{single.ToJsonString()}]"],
        _ => [],
    };

    private static IEnumerable<string> Entries(string argument, JsonNode? node) => node is JsonObject { Count: > 0 } map
        ? [$"{argument} = [{string.Join(", ", map.Select(entry => Literal($"{entry.Key}={entry.Value!.GetValue<double>().ToString(CultureInfo.InvariantCulture)}")))}]"]
        : [];

    private static string Literal(string text) => "@\"" + text.Replace("\"", "\"\"", StringComparison.Ordinal) + "\"";
}
