using Peft.Declarative.Generators.Emit;
using Peft.Declarative.Generators.Methods.Lora;
using Peft.Declarative.Generators.Model;
using Peft.Declarative.Generators.Parse;
using Peft.Declarative.Generators.Plan;
using Peft.Declarative.Methods.Lora;
using Peft.Declarative.Targeting;
using Peft.Declarative.Text.Errors;

namespace Peft.Declarative.Generators.Methods.LoHa;

/// <summary>A method of LyCORIS: a structured product on the weight, with a rank and an alpha for each layer.</summary>
/// <typeparam name="TSpec">The type of its declarations.</typeparam>
internal abstract class LycorisMethod<TSpec> : LayerMethod<TSpec>
    where TSpec : LycorisSpec
{
    internal override IEnumerable<KnownType> Types => [Public($"{Name}Config"), Public($"{Name}Init", inExpressions: true), Own($"{Name}Linear")];

    internal override string OwnName => Name.ToLowerInvariant();

    internal override IEnumerable<(string Field, string Value)> SavedFields(AdapterSpec adapter)
    {
        var spec = (TSpec)adapter;
        return [("r", Literal.Of(spec.Rank)), ("alpha", RuleTexts.Number(spec.EffectiveAlpha))];
    }

    protected override IReadOnlyList<string> OwnSelectors => [nameof(LycorisAttribute.RankPattern), nameof(LycorisAttribute.AlphaPattern)];

    protected override (TSpec Joined, TSpec Member) Reconcile(TSpec earlier, TSpec member) => LycorisParser.Reconcile(earlier, member);

    protected override Func<TargetLayer, LayerSetting?> Settings(TSpec spec, TargetSelection selection, PlanContext context) =>
        LowRank.Of(spec, spec.Patterns(), selection, context);

    // The vocabulary can be extended, so the base weight of its layers is in the file.
    protected override long FrozenInFile(TSpec spec, LayerSelectionPlan selection) =>
        selection.Selected.Where(layer => VocabularyLayers.IsSavedAlong(layer.Name)).Sum(layer => layer.Input * layer.Output);

    protected override string Title(TSpec spec) => $"{Name} of rank {Literal.Of(spec.Rank)}, scaling {Scaling(spec)},";

    protected override IEnumerable<string> Remarks(TSpec spec, AdapterPlan plan) => [$"scaling {Scaling(spec)}"];

    protected override IEnumerable<string> ConfigSettings(TSpec spec, TypeNames types)
    {
        yield return $"Rank = {Literal.Of(spec.Rank)}";
        if (spec.Alpha is not null) yield return $"Alpha = {RuleTexts.Number(spec.EffectiveAlpha)}";
        if (spec.RankDropout != 0) yield return $"RankDropout = {Literal.Of(spec.RankDropout)}";
        if (spec.ModuleDropout != 0) yield return $"ModuleDropout = {Literal.Of(spec.ModuleDropout)}";
        foreach (string pattern in LoraText.Patterns(spec.RankPattern, spec.AlphaPattern)) yield return pattern;
    }

    protected override LayerClass Class(TSpec spec, PlannedLayer layer, TypeNames types)
    {
        LowRank setting = LowRank.Of(layer);
        string factor = RuleTexts.Number(Math.Round(setting.Scaling, 4));
        string shapes = Parts(spec, layer).Replace("   ", ", ");
        (string output, string input) = LoraText.Sizes(layer);
        string formula = $"y = W x + {(factor == "1" ? "" : $"{factor} · ")}({Change(spec, layer)}) x, W frozen [{output}, {input}], {shapes}";
        return new LayerClass(formula, types[$"{Name}Linear"], Arguments(spec, setting, types));
    }

    /// <summary>Formats the change of the weight.</summary>
    protected abstract string Change(TSpec spec, PlannedLayer layer);

    /// <summary>Gets the method's own arguments of the layer's constructor.</summary>
    protected abstract IEnumerable<string> OwnArguments(TSpec spec, TypeNames types);

    private IEnumerable<string> Arguments(TSpec spec, LowRank setting, TypeNames types)
    {
        yield return $"rank: {Literal.Of(setting.Rank)}";
        yield return $"scaling: {Literal.Of(setting.Scaling)}";
        if (spec.RankDropout != 0) yield return $"rankDropout: {Literal.Of(spec.RankDropout)}";
        if (spec.ModuleDropout != 0) yield return $"moduleDropout: {Literal.Of(spec.ModuleDropout)}";
        foreach (string argument in OwnArguments(spec, types)) yield return argument;
    }

    private static string Scaling(TSpec spec) =>
        $"{RuleTexts.Number(spec.EffectiveAlpha)} / {Literal.Of(spec.Rank)} = {RuleTexts.Number(Math.Round(spec.EffectiveAlpha / spec.Rank, 4))}";
}
