using System.Text.Json.Nodes;
using Peft.Declarative.Adapters;

namespace Peft.Declarative.Methods.Lora;

/// <summary>The fields of adapter_config.json for LORA, as Hugging Face PEFT 0.20 writes them.</summary>
internal static class LoraConfigFile
{
    private const string AdaptedBiases = "lora_only";

    internal static LoraConfig Read(ConfigJson file, LoraConfig empty) => file.Layers(empty with
    {
        Rank = file.Integer("r", 8),
        Alpha = file.Number("lora_alpha", 8),
        Dropout = file.Number("lora_dropout", 0),
        UseRsLora = file.Flag("use_rslora"),
        OwnBias = file.Flag("lora_bias"),
        Bias = file.Bias(AdaptedBiases),
        RankPattern = file.WholeNumbers("rank_pattern"),
        AlphaPattern = file.Numbers("alpha_pattern"),
        TrainableTokens = ReadTokens(file),
        TargetParameters = file.Texts("target_parameters") ?? [],
    });

    internal static void Write(LoraConfig config, JsonObject json)
    {
        if (config.Source is not null)
        {
            return;
        }

        json["r"] = config.Rank;
        json["lora_alpha"] = Plain(config.EffectiveAlpha);
        json["lora_dropout"] = config.Dropout;
        json["use_rslora"] = config.UseRsLora;
        json["lora_bias"] = config.OwnBias;
        json["bias"] = ConfigJson.BiasText(config.Bias, AdaptedBiases);
        json["init_lora_weights"] = config.Init switch { LoraInit.Gaussian => "gaussian", LoraInit.Random => false, _ => true };
        LoftQConfig.Write(config, json);
        WritePatterns(json, config.RankPattern, config.AlphaPattern);
        json["target_parameters"] = config.TargetParameters.Count == 0 ? null : ConfigJson.Array(config.TargetParameters);
        json["trainable_token_indices"] = config.TrainableTokens.Count switch
        {
            0 => null,
            1 when config.TrainableTokens.TryGetValue("", out IReadOnlyList<int>? ids) => ConfigJson.Array(ids),
            _ => new JsonObject(config.TrainableTokens.Select(entry => KeyValuePair.Create(entry.Key, (JsonNode?)ConfigJson.Array(entry.Value)))),
        };
    }

    internal static JsonObject Defaults(JsonObject json)
    {
        foreach (string field in (string[])
        [
            "alora_invocation_tokens", "arrow_config", "corda_config", "eva_config", "exclude_modules", "layer_replication", "layers_pattern",
            "layers_to_transform", "lora_ga_config", "megatron_config", "modules_to_save", "monteclora_config", "target_modules",
            "target_parameters", "trainable_token_indices", "use_bdlora", "velora_config",
        ])
        {
            json[field] = null;
        }

        foreach (string field in (string[])["ensure_weight_tying", "fan_in_fan_out", "lora_bias", "use_dora", "use_qalora", "use_rslora"])
        {
            json[field] = false;
        }

        json["loftq_config"] = new JsonObject();
        json["megatron_core"] = "megatron.core";
        json["qalora_group_size"] = 16;
        return json;
    }

    /// <summary>Gets the differences between a file and a declaration that the shapes of the tensors do not show.</summary>
    internal static IEnumerable<string> Conflicts(LoraConfig declared, LoraConfig file)
    {
        foreach (string conflict in AlphaConflicts((declared.EffectiveAlpha, declared.AlphaPattern), (file.EffectiveAlpha, file.AlphaPattern)))
        {
            yield return conflict;
        }

        if (declared.UseRsLora != file.UseRsLora)
        {
            yield return file.UseRsLora ? "it is scaled by alpha / √rank" : "it is scaled by alpha / rank";
        }

        if (declared.Gated != file.Gated)
        {
            yield return file.Gated ? "it has gates" : "it has no gates";
        }

        if (!declared.TrainableTokens.Values.SelectMany(ids => ids).SequenceEqual(file.TrainableTokens.Values.SelectMany(ids => ids)))
        {
            yield return "its trainable tokens are different";
        }
    }

    /// <summary>Gets the differences between two alphas and their exceptions.</summary>
    internal static IEnumerable<string> AlphaConflicts(
        (double Alpha, IReadOnlyList<KeyValuePair<string, double>> Pattern) declared, (double Alpha, IReadOnlyList<KeyValuePair<string, double>> Pattern) file)
    {
        if (declared.Alpha != file.Alpha)
        {
            yield return FormattableString.Invariant($"its alpha is {file.Alpha}, not {declared.Alpha}");
        }

        if (!declared.Pattern.ToHashSet().SetEquals(file.Pattern))
        {
            yield return FormattableString.Invariant($"its alpha pattern is {{{string.Join(", ", file.Pattern.Select(entry => $"{entry.Key}: {entry.Value}"))}}}");
        }
    }

    /// <summary>Writes the ranks and alphas of layers that differ from the usual ones.</summary>
    internal static void WritePatterns(JsonObject json, IEnumerable<KeyValuePair<string, int>> ranks, IEnumerable<KeyValuePair<string, double>> alphas)
    {
        json["rank_pattern"] = new JsonObject(ranks.Select(entry => KeyValuePair.Create(entry.Key, (JsonNode?)entry.Value)));
        json["alpha_pattern"] = new JsonObject(alphas.Select(entry => KeyValuePair.Create(entry.Key, (JsonNode?)Plain(entry.Value))));
    }

    // 16 and not 16.0: the reference library writes the value of its user, which is nearly always a whole number.
    internal static JsonNode Plain(double value) => value == Math.Floor(value) && Math.Abs(value) < 1e15 ? JsonValue.Create((long)value) : JsonValue.Create(value);

    private static Dictionary<string, IReadOnlyList<int>> ReadTokens(ConfigJson file) => file.Json["trainable_token_indices"] switch
    {
        null => [],
        JsonObject map => map.ToDictionary(entry => entry.Key, entry => new ConfigJson(map, entry.Key).Integers(entry.Key)!),
        _ => new Dictionary<string, IReadOnlyList<int>> { [""] = file.Integers("trainable_token_indices")! },
    };
}
