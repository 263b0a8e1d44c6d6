using Peft.Declarative.Generators.Model;
using Peft.Declarative.Targeting;

namespace Peft.Declarative.Generators.Methods.Lora;

/// <summary>A declared low-rank adapter, also of a method that builds on it.</summary>
internal sealed record LoraSpec : LayerAdapterSpec
{
    internal override string Method => Variant;

    /// <summary>The method itself.</summary>
    public required string Variant { get; init; }

    public required int Rank { get; init; }

    /// <summary>Null where the declaration leaves it at the rank.</summary>
    public double? Alpha { get; init; }

    public double Dropout { get; init; }

    public bool UseRsLora { get; init; }

    public bool OwnBias { get; init; }

    /// <summary>Whether each layer has a gate, and projections in one layer are adapted apart: so in hybrids.</summary>
    public bool Gated { get; init; }

    /// <summary>Name of the value of LoraInit.</summary>
    public string Init { get; init; } = "Default";

    public EquatableArray<PatternEntry> RankPattern { get; init; }

    public EquatableArray<PatternEntry> AlphaPattern { get; init; }

    public EquatableArray<int> TrainableTokens { get; init; }

    /// <summary>The low-rank updates of a hybrid, on the layers that the family adapts usually.</summary>
    internal static LoraSpec In(HybridSpec hybrid, string variant) => new()
    {
        Variant = variant,
        Name = hybrid.Name,
        Place = hybrid.Place,
        Written = hybrid.Written,
        Rank = hybrid.Rank,
        Gated = true,
    };

    internal double EffectiveAlpha => Alpha ?? Rank;

    internal override TargetQuery Query(ModuleTreeSpec tree) => base.Query(tree) with
    {
        Rank = Rank,
        Alpha = EffectiveAlpha,
        RankPattern = RankPattern,
        AlphaPattern = AlphaPattern,
    };

    /// <summary>Factor on the product for a layer, as the run time computes it.</summary>
    internal double Scaling(LowRank layer) => layer.Alpha / (UseRsLora ? Math.Sqrt(layer.Rank) : layer.Rank);
}
