using System.Text.Json.Nodes;
using Peft.Declarative.Adapters;
using Peft.Declarative.Declaration;
using Peft.Declarative.Methods.Ia3;
using Peft.Declarative.Targeting;
using static TorchSharp.torch;

namespace Peft.Declarative;

/// <summary>
/// The config of (IA)³, as in adapter_config.json: one trained factor per channel. Attention layers scale their output, <c>y = l ∘ (W x + b)</c>;
/// feed-forward layers their input, <c>y = W (l ∘ x) + b</c>. <c>l</c> starts at one. Liu et al. 2022, arXiv 2205.05638.
/// </summary>
public sealed record Ia3Config : LayerAdapterConfig
{
    /// <inheritdoc/>
    public override string PeftType => Ia3Facts.Method.PeftType;

    /// <summary>The targets whose input is scaled. The default is <see langword="null"/>: the family's usual ones among the targets.</summary>
    public IReadOnlyList<string>? FeedForward { get; init; }

    /// <summary>A regular expression on whole paths, instead of <see cref="FeedForward"/>. The default is <see langword="null"/>.</summary>
    public string? FeedForwardPattern { get; init; }

    internal override MethodFacts Facts => Ia3Facts.Method;

    // The reference library requires the feed-forward layers to be a subset of the targets, as texts.
    internal override AdapterConfig Resolve(Adapter adapter, nn.Module model)
    {
        var resolved = (Ia3Config)base.Resolve(adapter, model);
        if (Source is not null || FeedForwardPattern is not null || resolved.Targets is not { } targets)
        {
            return resolved;
        }

        IReadOnlyList<string> names = FeedForward ?? FamilyDefaults.Of(model, TargetGroup.FeedForward) ?? [];
        string[] among = [.. names.Where(targets.Contains)];
        string[] paths = [.. adapter.Parts.Where(entry => entry.Part is Ia3Linear { ScalesInput: true }).Select(entry => entry.Path)];
        bool said = paths.All(path => among.Any(name => LayerPath.EndsWith(path, name)));
        return said
            ? resolved with { FeedForward = among }
            : resolved with { FeedForward = paths, Targets = [.. adapter.Parts.Where(entry => entry.Part is Ia3Linear).Select(entry => entry.Path)] };
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
