using System.Text.Json.Nodes;
using Peft.Declarative.Adapters;

namespace Peft.Declarative;

/// <summary>(IA)³ as adapter_config.json describes it. The properties are those of <see cref="Ia3Attribute"/>.</summary>
public sealed record Ia3Config : LayerAdapterConfig
{
    /// <inheritdoc/>
    public override string PeftType => "IA3";

    /// <summary>Those of the targets whose input is scaled; null for the family's usual ones.</summary>
    public IReadOnlyList<string>? FeedForward { get; init; }

    /// <summary>Regular expression on whole paths, instead of <see cref="FeedForward"/>.</summary>
    public string? FeedForwardPattern { get; init; }

    private protected override bool FileHasBlocks => false;

    private protected override JsonObject Defaults()
    {
        JsonObject json = CommonDefaults();
        json["fan_in_fan_out"] = false;
        json["init_ia3_weights"] = true;
        return json;
    }

    private protected override void Write(JsonObject json)
    {
        base.Write(json);
        if (Source is null)
        {
            json["feedforward_modules"] = FeedForwardPattern is not null ? FeedForwardPattern : ConfigJson.Array(FeedForward);
        }
    }
}
