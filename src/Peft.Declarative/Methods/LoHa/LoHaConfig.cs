using System.Text.Json.Nodes;
using Peft.Declarative.Adapters;
using Peft.Declarative.Declaration;
using Peft.Declarative.Methods.LoHa;

namespace Peft.Declarative;

/// <summary>
/// The config of low-rank adaptation by a Hadamard product, as in adapter_config.json: <c>y = W x + s · ((B1 A1) ∘ (B2 A2)) x</c>. The properties are
/// those of <see cref="LoHaAttribute"/>. Hyeon-Woo et al. 2021, arXiv 2108.06098.
/// </summary>
public sealed record LoHaConfig : LycorisConfig
{
    /// <inheritdoc/>
    public override string PeftType => LoHaFacts.Method.PeftType;

    /// <summary>The initialization of the factors. The default starts at the base model.</summary>
    public LoHaInit Init { get; init; }

    internal override MethodFacts Facts => LoHaFacts.Method;

    private protected override JsonNode InitText => Init != LoHaInit.Random;

    internal static LoHaConfig Read(ConfigJson file) => Read(file, new LoHaConfig());
}
