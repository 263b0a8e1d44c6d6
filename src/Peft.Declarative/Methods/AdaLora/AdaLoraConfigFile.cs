using System.Text.Json.Nodes;
using Peft.Declarative.Adapters;
using Peft.Declarative.Methods.Lora;
using Peft.Declarative.Text.Json;

namespace Peft.Declarative.Methods.AdaLora;

/// <summary>The fields of adapter_config.json for ADALORA, as Hugging Face PEFT 0.20 writes them: LoRA's, and the schedule of the ranks.</summary>
internal static class AdaLoraConfigFile
{
    private const string AdaptedBiases = "lora_only";
    private const string RankEnding = ".lora_E";

    // LoRA's fields that its files contain without effect here. They must keep these values when they are read.
    private const int UnusedRank = 8;

    internal static AdaLoraConfig Read(ConfigJson file)
    {
        AdaLoraConfig config = file.Layers(new AdaLoraConfig
        {
            InitialRank = file.Integer("init_r", 12),
            TargetRank = file.Integer("target_r", 8),
            Alpha = file.Number("lora_alpha", 8),
            Dropout = file.Number("lora_dropout", 0),
            WarmupSteps = file.Integer("tinit", 0),
            FinalSteps = file.Integer("tfinal", 0),
            AllocateEvery = file.Integer("deltaT", 1),
            SensitivityDecay = file.Number("beta1", 0.85),
            UncertaintyDecay = file.Number("beta2", 0.85),
            OrthogonalWeight = file.Number("orth_reg_weight", 0.5),
            Bias = file.Bias(AdaptedBiases),
            TotalSteps = file.Json["total_step"] is null ? null : file.Integer("total_step", 0),
        });
        if (config.InitialRank < 1)
        {
            throw file.Wrong("init_r", "at least 1");
        }

        return config.AllocateEvery < 1 ? throw file.Wrong("deltaT", "at least 1") : config with { RankPattern = Ranks(file, config.InitialRank) };
    }

    internal static JsonObject Defaults(JsonObject json)
    {
        LoraConfigFile.Defaults(json);
        json["alpha_pattern"] = new JsonObject();
        json["init_lora_weights"] = true;
        json["r"] = UnusedRank;
        return json;
    }

    internal static void Write(AdaLoraConfig config, JsonObject json)
    {
        WriteCourse(config, json);
        if (config.RankPattern is { } ranks)
        {
            json["rank_pattern"] = new JsonObject(ranks.Select(entry => KeyValuePair.Create(entry.Key + RankEnding, (JsonNode?)ConfigJson.Array(entry.Value))));
        }

        if (config.Source is not null)
        {
            return;
        }

        json["rank_pattern"] ??= null;
        json["init_r"] = config.InitialRank;
        json["target_r"] = config.TargetRank;
        json["lora_alpha"] = LoraConfigFile.Plain(config.EffectiveAlpha);
        json["lora_dropout"] = config.Dropout;
        json["deltaT"] = config.AllocateEvery;
        json["beta1"] = config.SensitivityDecay;
        json["beta2"] = config.UncertaintyDecay;
        json["orth_reg_weight"] = config.OrthogonalWeight;
        json["bias"] = ConfigJson.BiasText(config.Bias, AdaptedBiases);
    }

    /// <summary>Gets the differences between a file and a declaration that the shapes of the tensors do not show.</summary>
    internal static IEnumerable<string> Conflicts(AdaLoraConfig declared, AdaLoraConfig file)
    {
        if (declared.InitialRank != file.InitialRank)
        {
            yield return $"its initial rank is {file.InitialRank}, not {declared.InitialRank}";
        }

        if (declared.EffectiveAlpha != file.EffectiveAlpha)
        {
            yield return FormattableString.Invariant($"its alpha is {file.EffectiveAlpha}, not {declared.EffectiveAlpha}");
        }
    }

    // The reference library refuses files without a number of steps that leaves room for pruning, even if there was no run.
    private static void WriteCourse(AdaLoraConfig config, JsonObject json)
    {
        if (config.Source is not null && config.TotalSteps is null)
        {
            return;
        }

        int warmup = config.WarmupSteps ?? 0;
        int final = config.FinalSteps ?? 0;
        json["tinit"] = warmup;
        json["tfinal"] = final;
        json["total_step"] = config.TotalSteps ?? warmup + final + 1;
    }

    private static Dictionary<string, IReadOnlyList<bool>>? Ranks(ConfigJson file, int initialRank)
    {
        const string Field = "rank_pattern";
        if (file.Json[Field] is null or JsonObject { Count: 0 })
        {
            return null;
        }

        var ranks = new Dictionary<string, IReadOnlyList<bool>>(StringComparer.Ordinal);
        foreach ((string key, JsonNode? value) in file.Json[Field] as JsonObject ?? throw file.Wrong(Field, "an object"))
        {
            bool[] left = [.. (value as JsonArray ?? throw file.Wrong(Field, "made of lists")).Select(rank =>
                JsonScalar.Flag(rank) ?? throw file.Wrong(Field, "made of lists of true and false"))];
            string path = key.EndsWith(RankEnding, StringComparison.Ordinal) ? key[..^RankEnding.Length] : key;
            ranks[path] = left.Length == initialRank ? left : throw file.Wrong(Field, $"made of lists of {initialRank} values, its initial rank");
        }

        return ranks;
    }
}
