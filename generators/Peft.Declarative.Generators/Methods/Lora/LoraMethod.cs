using Peft.Declarative.Declaration;
using Peft.Declarative.Generators.Emit;
using Peft.Declarative.Generators.Model;
using Peft.Declarative.Generators.Parse;
using Peft.Declarative.Generators.Plan;
using Peft.Declarative.Methods.Lora;
using Peft.Declarative.Targeting;

namespace Peft.Declarative.Generators.Methods.Lora;

/// <summary>Low-rank adaptation, with the members that derived methods override.</summary>
internal class LoraMethod : LayerMethod<LoraSpec>
{
    internal override MethodFacts Facts => LoraFacts.Method;

    internal override IEnumerable<KnownType> Types =>
    [
        Public("LoraConfig"),
        Public("LoraInit", inExpressions: true),
        Own("LoraEmbedding"),
        Own("LoraLinear"),
        Own("LoraTokens", inExpressions: true),
        new("TokensByEmbedding", "System.Collections.Generic.Dictionary<string, global::System.Collections.Generic.IReadOnlyList<int>>"),
    ];

    protected override IReadOnlyList<string> OwnSelectors => [nameof(LowRankAttribute.RankPattern), nameof(LowRankAttribute.AlphaPattern)];

    /// <summary>The name of the method in sentences.</summary>
    protected virtual string Spoken => "LoRA";

    internal override IEnumerable<(string Field, string Value)> SavedFields(AdapterSpec adapter) => LoraText.SavedFields((LoraSpec)adapter, hasMagnitude: false);

    internal override IEnumerable<(string End, long[] Shape)> SavedTensors(AdapterSpec adapter, PlannedLayer layer)
    {
        int rank = Setting(layer).Rank;
        return IsTable(layer)
            ? [("lora_embedding_A", [rank, layer.Input]), ("lora_embedding_B", [layer.Output, rank])]
            : [("lora_A.weight", [rank, layer.Input]), ("lora_B.weight", [layer.Output, rank])];
    }

    internal override bool RecomputesInputs(AdapterSpec adapter) => adapter is LoraSpec { Dropout: 0 };

    // Dropout makes an input of its own for each layer, and a mask of one byte per value.
    internal override double Activations(AdapterSpec adapter, PlannedLayer layer) =>
        Setting(layer).Rank + (((LoraSpec)adapter).Dropout > 0 ? 1.25 * layer.Input : 0);

    protected override LoraSpec Read(AttributeReader attribute, ParseContext context) => LoraParser.Parse(attribute, context);

    protected override (LoraSpec Joined, LoraSpec Member) Reconcile(LoraSpec earlier, LoraSpec member) => LoraParser.Reconcile(earlier, member);

    protected override Func<TargetLayer, LayerSetting?> Settings(LoraSpec spec, TargetSelection selection, PlanContext context) =>
        LowRank.Of(spec, spec.Patterns(), selection, context);

    protected override void Check(LoraSpec spec, LayerSelectionPlan selection, PlanContext context)
    {
        LoraChecks.CheckRanks(spec, spec.Patterns(), (spec.Rank, spec.RankPattern), selection.Selected, context);
        var checks = new LoraChecks(spec, context);
        checks.CheckTokens();
        checks.CheckLoftQ();
    }

    protected override long Trained(LoraSpec spec, PlannedLayer layer) => spec.Gated
        ? GatedUpdate.Trained(layer, Setting(layer).Rank)
        : (Setting(layer).Rank * (layer.Input + layer.Output)) + (spec.OwnBias && !IsTable(layer) ? layer.Output : 0);

    protected override long? TrainedBeside(LoraSpec spec, LayerSelectionPlan selection, PlanContext context) => spec.TrainableTokens.Count == 0 ? 0 : spec.TrainableTokens.Count * context.Width;

    /// <summary>Determines whether base weights are saved: those of adapted vocabulary layers, unless single tokens are trained.</summary>
    protected override long FrozenInFile(LoraSpec spec, LayerSelectionPlan selection) => spec.TrainableTokens.Count > 0
        ? 0
        : selection.Selected.Where(layer => VocabularyLayers.IsSavedAlong(layer.Name)).Sum(layer => layer.Input * layer.Output);

    protected override string Title(LoraSpec spec) => $"{Spoken} of rank {Literal.Of(spec.Rank)}, scaling {LoraText.Scaling(spec)},";

    protected override string Parts(LoraSpec spec, PlannedLayer layer) => LoraText.Factors(layer);

    protected override IEnumerable<string> Remarks(LoraSpec spec, AdapterPlan plan)
    {
        yield return $"scaling {LoraText.Scaling(spec)}";
        if (spec.TrainableTokens.Count > 0) yield return $"{spec.TrainableTokens.Count} rows of the input embedding";
    }

    protected override IEnumerable<string> ConfigSettings(LoraSpec spec, TypeNames types) => LoraText.Settings(spec, types);

    protected override LayerClass Class(LoraSpec spec, PlannedLayer layer, TypeNames types)
    {
        bool table = IsTable(layer);
        return new LayerClass(LoraText.Formula(spec, layer), types[$"{Name}{(table ? "Embedding" : "Linear")}"], LoraText.Arguments(spec, layer, types));
    }

    protected override void WriteBeside(CodeWriter code, LoraSpec spec, AdapterPlan plan, TypeNames types)
    {
        if (spec.TrainableTokens.Count > 0)
            code.Line($"{types["LoraTokens"]}.Attach(this, {plan.NameText}, {Literal.Of(spec.TrainableTokens)});");
    }

    private protected static LowRank Setting(PlannedLayer layer) => LowRank.Of(layer);

    private protected static bool IsTable(PlannedLayer layer) => layer.Layer.Kind == LayerKind.Embedding;
}
