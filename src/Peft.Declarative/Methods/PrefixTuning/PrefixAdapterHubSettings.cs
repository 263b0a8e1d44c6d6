using System.Text.Json.Nodes;
using Peft.Declarative.AdapterHub;
using Peft.Declarative.Adapters;
using Peft.Declarative.Layers;

namespace Peft.Declarative.Methods.PrefixTuning;

/// <summary>The settings of prefixes, as AdapterHub 1.1 writes them.</summary>
internal static class PrefixAdapterHubSettings
{
    internal const string Architecture = "prefix_tuning";

    internal static PrefixTuningConfig Read(AdapterHubFile file)
    {
        ConfigJson settings = file.Settings;
        if (settings.Integers("leave_out") is { Count: > 0 })
        {
            throw MethodCatalog.Unsupported(settings.Source, $"'leave_out' to {settings.Json["leave_out"]!.ToJsonString()} for a prefix");
        }

        bool Flag(string field) => settings.Json[field] is null || settings.Flag(field);   // the default is true
        var config = new PrefixTuningConfig
        {
            Source = SavedConfig.Of(settings.Json),
            Placement = PrefixPlacement.Beside,
            Tokens = settings.Integer("prefix_length", 30),
            Projection = !settings.Flag("flat"),
            ProjectionHidden = settings.Integer("bottleneck_size", PrefixTuningFacts.Hidden),
            Activation = ActivationFunctions.ByName(settings.Text("non_linearity") ?? "tanh")
                ?? throw settings.Wrong("non_linearity", $"one of {string.Join(", ", ActivationFunctions.KnownNames)}"),
            Dropout = settings.Number("dropout", 0),
            Gated = settings.Flag("use_gating"),
            SharedGate = Flag("shared_gating"),
            InSource = Flag("encoder_prefix"),
            InCross = Flag("cross_prefix"),
        };
        return config.Tokens < 1 ? throw settings.Wrong("prefix_length", "at least 1")
            : config.ProjectionHidden < 1 ? throw settings.Wrong("bottleneck_size", "at least 1")
            : config;
    }

    internal static JsonObject Write(PrefixTuningConfig config) => new()
    {
        ["architecture"] = Architecture,
        ["bottleneck_size"] = config.ProjectionHidden ?? PrefixTuningFacts.Hidden,
        ["cross_prefix"] = config.InCross,
        ["dropout"] = config.Dropout,
        ["encoder_prefix"] = config.InSource,
        ["flat"] = !config.Projection,
        ["leave_out"] = new JsonArray(),
        ["non_linearity"] = ActivationFunctions.NameOf(config.Activation),
        ["prefix_length"] = config.Tokens,
        ["shared_gating"] = config.SharedGate,
        ["use_gating"] = config.Gated,
    };
}
