using System.Text.Json.Nodes;
using Peft.Declarative.Adapters;
using Peft.Declarative.Declaration;
using Peft.Declarative.Methods.LayerNormTuning;

namespace Peft.Declarative;

/// <summary>
/// Layer-norm tuning as adapter_config.json describes it: a copy of each normalisation is trained and nothing else. Zhao et al. 2023,
/// arXiv 2312.11420.
/// </summary>
public sealed record LayerNormTuningConfig : LayerAdapterConfig
{
    /// <inheritdoc/>
    public override string PeftType => "LN_TUNING";

    private protected override JsonObject Defaults() => CommonDefaults();

    internal override MethodFacts Facts => LayerNormTuningFacts.Method;

    private protected override bool FileHasBlocks => false;
}
