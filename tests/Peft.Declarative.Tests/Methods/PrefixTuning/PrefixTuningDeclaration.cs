using System.Text.Json.Nodes;

namespace Peft.Declarative.Tests.Methods.PrefixTuning;

/// <summary>The attribute that says what a prefix's file says.</summary>
internal static class PrefixTuningDeclaration
{
    internal static string Of(JsonObject config, IEnumerable<string> keys)
    {
        string start = config["prefix_projection"]!.GetValue<bool>()
            ? $"Projection = true, ProjectionHidden = {config["encoder_hidden_size"]}"
            : $"Init = PrefixInit.{(config["init_weights"] is null ? "Random" : "Zero")}";
        return $"PrefixTuning(tokens: {config["num_virtual_tokens"]}, {start})";
    }

    internal static string OfAdapterHub(JsonObject config, IEnumerable<string> keys)
    {
        string projection = config["flat"]!.GetValue<bool>() ? "" : $", Projection = true, ProjectionHidden = {config["bottleneck_size"]}";
        string gated = config["use_gating"]!.GetValue<bool>() ? ", Gated = true" : "";
        return $"PrefixTuning(tokens: {config["prefix_length"]}, Placement = PrefixPlacement.Beside{projection}{gated})";
    }
}
