using System.Text.Json.Nodes;
using Peft.Declarative.AdapterHub;
using Peft.Declarative.Adapters;

namespace Peft.Declarative.Methods.Lora;

/// <summary>The settings that AdapterHub 1.1 writes for a low-rank update.</summary>
internal static class LoraAdapterHubSettings
{
    private static readonly string[] Matrices = ["q", "k", "v"];

    /// <summary>Gets the indices of the adapted projections, in the order in which the layer computes them.</summary>
    private static List<int> Projections(ConfigJson settings)
    {
        IReadOnlyList<string> named = settings.Texts("attn_matrices") ?? ["q", "v"];
        return [.. Enumerable.Range(0, Matrices.Length).Where(index => named.Contains(Matrices[index]))];
    }

    // The settings name the layers by keywords that each family translates. The names of the tensors contain the same information without a table.
    internal static LoraConfig Read(AdapterHubFile file)
    {
        ConfigJson settings = file.Settings;
        foreach (string variant in (string[])["use_dora", "vera_d", "vera_b"])
        {
            if (settings.Json[variant] is { } value && value.ToJsonString() is not "false")
            {
                throw MethodCatalog.Unsupported(settings.Source, $"'{variant}' to {value.ToJsonString()}");
            }
        }

        var config = new LoraConfig
        {
            Source = SavedConfig.Of(settings.Json),
            Rank = settings.Integer("r", 8),
            Alpha = settings.Number("alpha", 8),
            Dropout = settings.Number("dropout", 0),
            Gated = settings.Flag("use_gating"),
            FusedProjections = Projections(settings),
            Targets = file.PathsBefore(AdapterHubKeys.Loras),
        };
        return config.Rank > 0 ? config : throw settings.Wrong("r", "at least 1");
    }

    /// <summary>Creates the settings of a part of a hybrid: query and value.</summary>
    internal static JsonObject Write(LoraConfig config) => new()
    {
        ["alpha"] = config.EffectiveAlpha is var alpha && alpha == Math.Floor(alpha) ? (long)alpha : alpha,
        ["architecture"] = "lora",
        ["attn_matrices"] = new JsonArray("q", "v"),
        ["composition_mode"] = "add",
        ["dropout"] = config.Dropout,
        ["dtype"] = null,
        ["init_weights"] = "lora",
        ["intermediate_lora"] = false,
        ["leave_out"] = new JsonArray(),
        ["output_lora"] = false,
        ["r"] = config.Rank,
        ["selfattn_lora"] = true,
        ["use_gating"] = config.Gated,
    };
}
