using System.Text.Json.Nodes;
using Peft.Declarative.Adapters;
using Peft.Declarative.Declaration;
using Peft.Declarative.Methods.LayerNormTuning;

namespace Peft.Declarative;

/// <summary>
/// The config of layer-norm tuning, as in adapter_config.json: a copy of each norm is trained and nothing else. Zhao et al. 2023, arXiv 2312.11420.
/// </summary>
public sealed record LayerNormTuningConfig : LayerAdapterConfig
{
    /// <inheritdoc/>
    public override string PeftType => LayerNormTuningFacts.Method.PeftType;

    private protected override JsonObject Defaults() => CommonDefaults();

    internal override MethodFacts Facts => LayerNormTuningFacts.Method;

    private protected override bool FileHasBlocks => false;
}
