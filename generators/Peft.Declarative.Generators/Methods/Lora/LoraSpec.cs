using Peft.Declarative.Generators.Emit;
using Peft.Declarative.Generators.Model;
using Peft.Declarative.Generators.Plan;
using Peft.Declarative.Methods.Lora;
using Peft.Declarative.Targeting;

namespace Peft.Declarative.Generators.Methods.Lora;

/// <summary>A declared low-rank adapter, also of a derived method.</summary>
internal sealed record LoraSpec(AdapterIdentity Identity) : LayerAdapterSpec(Identity)
{
    public required int Rank { get; init; }

    /// <summary>The numerator of the scaling; <see langword="null"/> for the rank.</summary>
    public double? Alpha { get; init; }

    public double Dropout { get; init; }

    public bool UseRsLora { get; init; }

    public bool OwnBias { get; init; }

    /// <summary>Whether each layer has a gate, and projections in one layer are adapted separately, as in hybrids.</summary>
    public bool Gated { get; init; }

    public LoraInit Init { get; init; }

    /// <summary>With LoftQ, how often codes and factors are chosen.</summary>
    public int LoftQIterations { get; init; } = LoraFacts.LoftQIterations;

    public EquatableArray<PatternEntry> RankPattern { get; init; }

    public EquatableArray<PatternEntry> AlphaPattern { get; init; }

    public EquatableArray<int> TrainableTokens { get; init; }

    /// <summary>Gets the low-rank updates of a hybrid, on the usual layers of the family.</summary>
    internal static LoraSpec In(HybridSpec hybrid) => new(hybrid.Identity with { Kind = MethodCatalog.ByName("Lora") })
    {
        Rank = hybrid.Rank!.Value,
        Gated = true,
    };

    internal double EffectiveAlpha => Alpha ?? Rank;

    internal override IEnumerable<string> Mentions => RankPattern.Concat(AlphaPattern).Select(entry => entry.Key);

    /// <summary>The rank and alpha of each layer.</summary>
    internal LowRankPatterns Patterns() => new(Rank, EffectiveAlpha, RankPattern, AlphaPattern);

    /// <summary>Computes the factor on the product for a layer, as the run time does.</summary>
    internal double Scaling(LowRank layer) => layer.Alpha / (UseRsLora ? Math.Sqrt(layer.Rank) : layer.Rank);
}

/// <summary>The rank and alpha of a layer.</summary>
internal sealed record LowRank(int Rank, double Alpha) : LayerSetting
{
    /// <summary>The factor on the product, unless the method has another rule.</summary>
    internal double Scaling => Alpha / Rank;

    /// <summary>Gets the rank and alpha of a planned layer.</summary>
    internal static LowRank Of(PlannedLayer layer) => (LowRank)layer.Setting!;

    /// <summary>Checks the patterns of an adapter, and gets the rank and alpha of each layer.</summary>
    internal static Func<TargetLayer, LayerSetting?> Of(LayerAdapterSpec spec, LowRankPatterns patterns, TargetSelection selection, PlanContext context)
    {
        var problems = new TargetProblems(context.Declaration.Name, spec.Method, new TargetQuery(), selection.Adapted);
        patterns.Check(selection.Adapted, problems);
        foreach (TargetProblem problem in problems.All)
        {
            context.Report(problem.Id, problem.Message, spec.At(problem.Argument, problem.Index), problem.Near);
        }

        return layer => new LowRank(patterns.RankOf(layer.Path), patterns.AlphaOf(layer.Path));
    }

    internal override string Difference(IReadOnlyList<LayerSetting> all)
    {
        string rank = "Rank" + Literal.Of(Rank);
        bool rankTells = all.OfType<LowRank>().Count(other => other.Rank == Rank) == 1;
        return rankTells ? rank : rank + "Alpha" + Literal.Of(Alpha).Replace('.', '_').Replace("_0", "");
    }
}
