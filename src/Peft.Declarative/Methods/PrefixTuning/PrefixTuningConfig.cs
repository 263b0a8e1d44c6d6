using System.Text.Json.Nodes;
using Peft.Declarative.Adapters;
using Peft.Declarative.Declaration;
using Peft.Declarative.Methods.PrefixTuning;
using static TorchSharp.torch;

namespace Peft.Declarative;

/// <summary>Prefix tuning as adapter_config.json describes it. The properties are those of <see cref="PrefixTuningAttribute"/>.</summary>
public sealed record PrefixTuningConfig : VirtualTokenConfig
{
    /// <inheritdoc/>
    public override string PeftType => "PREFIX_TUNING";

    /// <summary>Whether a network makes the keys and values; no unless set.</summary>
    public bool Projection { get; init; }

    /// <summary>Width inside that network, at least 1; null (the default) for the width of a layer's keys.</summary>
    public int? ProjectionHidden { get; init; }

    /// <summary>How the keys and values start without a projection; drawn from the standard normal distribution unless set.</summary>
    public PrefixInit Init { get; init; }

    /// <summary>Where the prefix is relative to the text; before it unless set. What follows is for prefixes beside it.</summary>
    public PrefixPlacement Placement { get; init; }

    /// <summary>Whether each attention layer has a learned gate that opens and closes its prefix for each row; no unless set.</summary>
    public bool Gated { get; init; }

    /// <summary>Whether keys and values share that gate; yes unless set.</summary>
    public bool SharedGate { get; init; } = true;

    /// <summary>Whether the encoder of an encoder-decoder has a prefix; yes unless set.</summary>
    public bool InSource { get; init; } = true;

    /// <summary>Whether the attention to the source has one; yes unless set.</summary>
    public bool InCross { get; init; } = true;

    /// <summary>The function inside the projection; tanh unless set.</summary>
    public Activation Activation { get; init; } = Activation.Tanh;

    /// <summary>Dropout probability on keys and values while training, from 0 (the default) to below 1.</summary>
    public double Dropout { get; init; }

    internal override MethodFacts Facts => PrefixTuningFacts.Method;

    internal override IEnumerable<(string Argument, double? Value)> Numbers => [("tokens", Tokens), ("ProjectionHidden", ProjectionHidden), ("Dropout", Dropout)];

    // Files state a width also where there is no network.
    internal override IEnumerable<string> Contradictions(string model)
    {
        if (Source is not null)
        {
            yield break;
        }

        if (Gated && Placement != PrefixPlacement.Beside)
        {
            yield return PrefixTuningFacts.GateNeedsBeside(model);
        }

        if (ProjectionHidden is not null && !Projection)
        {
            yield return PrefixTuningFacts.ProjectionOff(model);
        }
    }

    internal override bool IsAdapterHub => Placement == PrefixPlacement.Beside;

    internal override bool AveragesRows => Gated;

    internal override JsonObject AdapterHubSettings() => PrefixAdapterHubSettings.Write(this);

    // All of it changes what the tensors mean, but for the dropout; the projection's width shows in their shapes.
    internal override IEnumerable<string> Conflicts(AdapterConfig file)
    {
        if (file is not PrefixTuningConfig prefix || prefix.Placement != Placement)
        {
            return file is PrefixTuningConfig ? ["it is elsewhere relative to the text: one is before it, the other beside"] : base.Conflicts(file);
        }

        return prefix.Gated != Gated ? [prefix.Gated ? "it has gates" : "it has no gates"]
            : prefix.Projection && prefix.Activation != Activation ? [$"its projection computes {prefix.Activation}, not {Activation}"]
            : [];
    }

    // Heads and width are those of keys and values, which queries in groups share.
    internal override AdapterConfig Resolve(Adapter adapter, nn.Module model)
    {
        var known = (PrefixTuningConfig)base.Resolve(adapter, model);
        return Source is not null || model is not PretrainedModel { Config: var sizes } ? known : known with
        {
            Width = sizes.KeyValueHeadCount * sizes.HeadSize,
            Heads = sizes.KeyValueHeadCount,
        };
    }

    private protected override void Write(JsonObject json)
    {
        base.Write(json);
        if (Source is null)
        {
            json["encoder_hidden_size"] = ProjectionHidden ?? Width;
            json["prefix_projection"] = Projection;
            json["init_weights"] = Init == PrefixInit.Zero ? "zero" : null;
        }
    }
}
