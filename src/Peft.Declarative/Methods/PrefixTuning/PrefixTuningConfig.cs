using System.Text.Json.Nodes;
using Peft.Declarative.Adapters;
using Peft.Declarative.Declaration;
using Peft.Declarative.Methods.PrefixTuning;
using static TorchSharp.torch;

namespace Peft.Declarative;

/// <summary>The config of prefix tuning, as in adapter_config.json. The properties are those of <see cref="PrefixTuningAttribute"/>.</summary>
public sealed record PrefixTuningConfig : VirtualTokenConfig
{
    /// <inheritdoc/>
    public override string PeftType => PrefixTuningFacts.Method.PeftType;

    /// <summary>Whether a network computes the keys and values. The default is <see langword="false"/>.</summary>
    public bool Projection { get; init; }

    /// <summary>The hidden width of that network, at least 1. The default is <see langword="null"/>: the width of a layer's keys.</summary>
    public int? ProjectionHidden { get; init; }

    /// <summary>The initialization of the keys and values without a projection. The default is the standard normal distribution.</summary>
    public PrefixInit Init { get; init; }

    /// <summary>
    /// The position of the prefix relative to the text. The default is before it. The following properties are for prefixes beside it.
    /// </summary>
    public PrefixPlacement Placement { get; init; }

    /// <summary>
    /// Whether each attention layer has a trained gate that scales its prefix for each row. The default is <see langword="false"/>.
    /// </summary>
    public bool Gated { get; init; }

    /// <summary>Whether keys and values share that gate. The default is <see langword="true"/>.</summary>
    public bool SharedGate { get; init; } = true;

    /// <summary>Whether the encoder of an encoder-decoder has a prefix. The default is <see langword="true"/>.</summary>
    public bool InSource { get; init; } = true;

    /// <summary>Whether the cross-attention has a prefix. The default is <see langword="true"/>.</summary>
    public bool InCross { get; init; } = true;

    /// <summary>The activation of the projection. The default is tanh.</summary>
    public Activation Activation { get; init; } = Activation.Tanh;

    /// <summary>The dropout probability on keys and values during training, from 0 (the default) to below 1.</summary>
    public double Dropout { get; init; }

    internal override MethodFacts Facts => PrefixTuningFacts.Method;

    internal override IEnumerable<(string Argument, double? Value)> Numbers => [("tokens", Tokens), ("ProjectionHidden", ProjectionHidden), ("Dropout", Dropout)];

    // Files contain a width even if there is no network.
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

    // All settings but dropout change the meaning of the tensors. The width of the projection is part of their shapes.
    internal override IEnumerable<string> Conflicts(AdapterConfig file)
    {
        if (file is not PrefixTuningConfig prefix || prefix.Placement != Placement)
        {
            return file is PrefixTuningConfig ? ["its position relative to the text differs: one is before it, the other beside it"] : base.Conflicts(file);
        }

        return prefix.Gated != Gated ? [prefix.Gated ? "it has gates" : "it has no gates"]
            : prefix.Projection && prefix.Activation != Activation ? [$"its projection computes {prefix.Activation}, not {Activation}"]
            : [];
    }

    // Heads and width are those of keys and values, which groups of queries share.
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
