using System.Text.Json.Nodes;

namespace Peft.Declarative.Tests.Methods.MixAndMatch;

/// <summary>The attribute that names what a union's file holds.</summary>
internal static class HybridDeclaration
{
    internal static string OfAdapterHub(JsonObject config, IEnumerable<string> keys)
    {
        JsonArray parts = config["configs"]!.AsArray();
        string prefix = $"tokens: {parts[0]!["prefix_length"]}, ProjectionHidden = {parts[0]!["bottleneck_size"]}, Reduction = {parts[1]!["reduction_factor"]}";
        return parts.Count == 2
            ? $"MixAndMatch({prefix}, Scale = {parts[1]!["scaling"]!.ToJsonString()})"
            : $"UniPelt({prefix}, Rank = {parts[2]!["r"]})";
    }
}
