using Peft.Declarative.Generators.Methods.Lora;
using Peft.Declarative.Generators.Model;
using Peft.Declarative.Methods.Lora;
using Peft.Declarative.Targeting;

namespace Peft.Declarative.Generators.Methods.LoHa;

/// <summary>A declared adapter of a method of LyCORIS.</summary>
internal abstract record LycorisSpec(AdapterIdentity Identity) : LayerAdapterSpec(Identity)
{
    public int Rank { get; init; }

    /// <summary>The numerator of the scaling; <see langword="null"/> for the rank.</summary>
    public double? Alpha { get; init; }

    public double RankDropout { get; init; }

    public double ModuleDropout { get; init; }

    public EquatableArray<PatternEntry> RankPattern { get; init; }

    public EquatableArray<PatternEntry> AlphaPattern { get; init; }

    internal double EffectiveAlpha => Alpha ?? Rank;

    internal override IEnumerable<string> Mentions => RankPattern.Concat(AlphaPattern).Select(entry => entry.Key);

    /// <summary>The rank and alpha of each layer.</summary>
    internal LowRankPatterns Patterns() => new(Rank, EffectiveAlpha, RankPattern, AlphaPattern);
}
