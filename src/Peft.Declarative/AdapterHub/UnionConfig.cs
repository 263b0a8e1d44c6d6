using System.Text.Json.Nodes;
using Peft.Declarative.Declaration;

namespace Peft.Declarative;

/// <summary>The config of several methods that form one adapter with one name in one AdapterHub directory: a hybrid such as MAM or UniPELT.</summary>
/// <param name="Parts">The configs of the methods, in the order of the file.</param>
public sealed record UnionConfig(IReadOnlyList<AdapterConfig> Parts) : AdapterConfig
{
    /// <inheritdoc/>
    public override string PeftType => "union";

    internal static MethodFacts Union { get; } = new("Union", MethodClass.Hybrid, "where its parts sit", "2110.04366") { Merges = false };

    internal override MethodFacts Facts => Union;

    internal override bool IsAdapterHub => true;

    internal override IReadOnlyList<AdapterConfig> Methods => Parts;

    internal override bool AveragesRows => Parts.Any(part => part.AveragesRows);

    internal override JsonObject AdapterHubSettings() => new()
    {
        ["architecture"] = PeftType,
        ["configs"] = new JsonArray([.. Parts.Select(part => part.AdapterHubSettings())]),
    };
}
