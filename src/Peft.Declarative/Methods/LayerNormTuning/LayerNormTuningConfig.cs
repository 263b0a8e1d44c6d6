using System.Text.Json.Nodes;
using Peft.Declarative.Adapters;

namespace Peft.Declarative;

/// <summary>Layer-norm tuning as adapter_config.json describes it. The properties are those of <see cref="LayerNormTuningAttribute"/>.</summary>
public sealed record LayerNormTuningConfig : LayerAdapterConfig
{
    /// <inheritdoc/>
    public override string PeftType => "LN_TUNING";

    private protected override JsonObject Defaults() => CommonDefaults();

    private protected override bool FileHasBlocks => false;
}
