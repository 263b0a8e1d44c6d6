using Peft.Declarative.Generators.Emit;
using Peft.Declarative.Generators.Model;
using Peft.Declarative.Methods.Lora;
using Peft.Declarative.Targeting;

namespace Peft.Declarative.Generators.Methods.Lora;

/// <summary>A declared low-rank adapter, also of a method that builds on it.</summary>
internal sealed record LoraSpec(AdapterIdentity Identity) : LayerAdapterSpec(Identity)
{
    public required int Rank { get; init; }

    /// <summary>Null where the declaration leaves it at the rank.</summary>
    public double? Alpha { get; init; }

    public double Dropout { get; init; }

    public bool UseRsLora { get; init; }

    public bool OwnBias { get; init; }

    /// <summary>Whether each layer has a gate, and projections in one layer are adapted apart: so in hybrids.</summary>
    public bool Gated { get; init; }

    public LoraInit Init { get; init; }

    public EquatableArray<PatternEntry> RankPattern { get; init; }

    public EquatableArray<PatternEntry> AlphaPattern { get; init; }

    public EquatableArray<int> TrainableTokens { get; init; }

    /// <summary>The low-rank updates of a hybrid, on the layers that the family adapts usually.</summary>
    internal static LoraSpec In(HybridSpec hybrid) => new(hybrid.Identity with { Kind = MethodCatalog.ByName("Lora") })
    {
        Rank = hybrid.Rank!.Value,
        Gated = true,
    };

    internal double EffectiveAlpha => Alpha ?? Rank;

    internal override IEnumerable<string> Mentions => RankPattern.Concat(AlphaPattern).Select(entry => entry.Key);

    /// <summary>Rank and alpha of each layer.</summary>
    internal LowRankPatterns Patterns() => new(Rank, EffectiveAlpha, RankPattern, AlphaPattern);

    /// <summary>Factor on the product for a layer, as the run time computes it.</summary>
    internal double Scaling(LowRank layer) => layer.Alpha / (UseRsLora ? Math.Sqrt(layer.Rank) : layer.Rank);
}

/// <summary>Rank and alpha of a layer.</summary>
internal sealed record LowRank(int Rank, double Alpha) : LayerSetting
{
    internal override string Difference(IReadOnlyList<LayerSetting> all)
    {
        string rank = "Rank" + Literal.Of(Rank);
        bool rankTells = all.OfType<LowRank>().Count(other => other.Rank == Rank) == 1;
        return rankTells ? rank : rank + "Alpha" + Literal.Of(Alpha).Replace('.', '_').Replace("_0", "");
    }
}
