using System.Text.Json.Nodes;
using Peft.Declarative.Adapters;
using Peft.Declarative.Layers;
using static TorchSharp.torch;

namespace Peft.Declarative;

/// <summary>Prefix tuning as adapter_config.json describes it. The properties are those of <see cref="PrefixTuningAttribute"/>.</summary>
public sealed record PrefixTuningConfig : LearnedInputConfig
{
    /// <inheritdoc/>
    public override string PeftType => "PREFIX_TUNING";

    /// <summary>Whether a network makes the keys and values.</summary>
    public bool Projection { get; init; }

    /// <summary>Width inside that network; null for the width of a layer's keys.</summary>
    public int? ProjectionHidden { get; init; }

    /// <summary>How the keys and values start without a projection.</summary>
    public PrefixInit Init { get; init; }

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
