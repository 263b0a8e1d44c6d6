using System.Text.Json.Nodes;
using Peft.Declarative.Adapters;
using static TorchSharp.torch;

namespace Peft.Declarative;

/// <summary>
/// (IA)³ as adapter_config.json describes it: one learned factor per channel. Attention layers scale their result, <c>y = l ∘ (W x + b)</c>;
/// feed-forward layers their input, <c>y = W (l ∘ x) + b</c>. <c>l</c> starts at one. Liu et al. 2022, arXiv 2205.05638.
/// </summary>
public sealed record Ia3Config : LayerAdapterConfig
{
    /// <inheritdoc/>
    public override string PeftType => "IA3";

    /// <summary>Those of the targets whose input is scaled; null for the family's usual ones.</summary>
    public IReadOnlyList<string>? FeedForward { get; init; }

    /// <summary>Regular expression on whole paths, instead of <see cref="FeedForward"/>.</summary>
    public string? FeedForwardPattern { get; init; }

    internal override string Method => "Ia3";

    internal override AdapterConfig Resolve(Adapter adapter, nn.Module model)
    {
        var resolved = (Ia3Config)base.Resolve(adapter, model);
        bool usual = Source is null && Targets is null && TargetPattern is null && FeedForward is null && FeedForwardPattern is null;
        return usual ? resolved with { FeedForward = FamilyDefaults.Of(model, "Ia3.FeedForward") } : resolved;
    }

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
