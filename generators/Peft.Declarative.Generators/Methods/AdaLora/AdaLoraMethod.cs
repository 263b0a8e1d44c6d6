using Peft.Declarative.Declaration;
using Peft.Declarative.Generators.Emit;
using Peft.Declarative.Generators.Model;
using Peft.Declarative.Generators.Parse;
using Peft.Declarative.Generators.Plan;
using Peft.Declarative.Methods.AdaLora;
using Peft.Declarative.Text.Errors;

namespace Peft.Declarative.Generators.Methods.AdaLora;

/// <summary>AdaLoRA: a low-rank product whose ranks are allocated during training, by three lines in the loop.</summary>
internal sealed class AdaLoraMethod : LayerMethod<AdaLoraSpec>
{
    internal override MethodFacts Facts => AdaLoraFacts.Method;

    internal override IEnumerable<KnownType> Types => [Public("AdaLoraConfig"), Own("AdaLoraBudget", inExpressions: true), Own("AdaLoraLinear")];

    internal override IEnumerable<(string Field, string Value)> SavedFields(AdapterSpec adapter)
    {
        var spec = (AdaLoraSpec)adapter;
        return [("init_r", Literal.Of(spec.InitialRank)), ("target_r", Literal.Of(spec.TargetRank)), ("lora_alpha", RuleTexts.Number(spec.EffectiveAlpha))];
    }

    internal override double Activations(AdapterSpec adapter, PlannedLayer layer) => 2 * ((AdaLoraSpec)adapter).InitialRank;

    protected override AdaLoraSpec Read(AttributeReader attribute, ParseContext context) => AdaLoraParser.Parse(attribute, context);

    protected override void Check(AdaLoraSpec spec, LayerSelectionPlan selection, PlanContext context) => RankCheck.Run(
        selection.Selected.Select(selected => (selected, spec.InitialRank)),
        (layer, _) => (spec.MemberOf(layer.Path) ?? spec.Place).At("initialRank"),
        context);

    protected override long Trained(AdaLoraSpec spec, PlannedLayer layer) => spec.InitialRank * (layer.Input + layer.Output + 1);

    protected override string Title(AdaLoraSpec spec) =>
        $"AdaLoRA of rank {Literal.Of(spec.InitialRank)}, of which {Literal.Of(spec.TargetRank)} are left on average,";

    protected override string Parts(AdaLoraSpec spec, PlannedLayer layer)
    {
        string rank = Literal.Of(spec.InitialRank);
        return $"A [{rank}, {Size(layer.Input, "in")}]   B [{Size(layer.Output, "out")}, {rank}]   E [{rank}]";
    }

    protected override IEnumerable<string> Remarks(AdaLoraSpec spec, AdapterPlan plan)
    {
        yield return $"training leaves {Literal.Of(spec.TargetRank)} of {Literal.Of(spec.InitialRank)} ranks on average, more of them where they matter more";
    }

    protected override IEnumerable<string> ConfigSettings(AdaLoraSpec spec, TypeNames types)
    {
        yield return $"InitialRank = {Literal.Of(spec.InitialRank)}";
        yield return $"TargetRank = {Literal.Of(spec.TargetRank)}";
        if (spec.Alpha is { } alpha) yield return $"Alpha = {RuleTexts.Number(alpha)}";
        if (spec.Dropout != 0) yield return $"Dropout = {Literal.Of(spec.Dropout)}";
        if (spec.WarmupSteps is { } warmup) yield return $"WarmupSteps = {Literal.Of(warmup)}";
        if (spec.FinalSteps is { } final) yield return $"FinalSteps = {Literal.Of(final)}";
        if (spec.AllocateEvery is { } every) yield return $"AllocateEvery = {Literal.Of(every)}";
        if (spec.SensitivityDecay is { } sensitivity) yield return $"SensitivityDecay = {Literal.Of(sensitivity)}";
        if (spec.UncertaintyDecay is { } uncertainty) yield return $"UncertaintyDecay = {Literal.Of(uncertainty)}";
        if (spec.OrthogonalWeight is { } weight) yield return $"OrthogonalWeight = {Literal.Of(weight)}";
    }

    protected override LayerClass Class(AdaLoraSpec spec, PlannedLayer layer, TypeNames types)
    {
        double scaling = Math.Round(spec.EffectiveAlpha / spec.InitialRank, 4);
        string factor = scaling == 1 ? "" : $"{RuleTexts.Number(scaling)} · ";
        string seen = spec.Dropout > 0 ? "dropout(x)" : "x";
        string shapes = $"W frozen [{Size(layer.Output, "out")}, {Size(layer.Input, "in")}], {Parts(spec, layer).Replace("   ", ", ")}";
        return new LayerClass($"y = W x + {factor}B (E ∘ (A {seen})), {shapes}", types["AdaLoraLinear"], Arguments(spec));
    }

    internal override void WriteBeforeLoop(CodeWriter code, AdapterPlan plan, TypeNames types)
    {
        string budget = types["AdaLoraBudget"];
        code.Line($"using {budget} {Budget(plan)} = {budget}.Start({plan.Handle}, run);   // the importance of each rank, saved with the run's state");
    }

    internal override void WriteAfterBackward(CodeWriter code, AdapterPlan plan, TypeNames types)
    {
        if (((AdaLoraSpec)plan.Spec).OrthogonalWeight != 0)
            code.Line($"{Budget(plan)}.Penalize();   // keeps the ranks orthogonal, so that each can be scored independently");
    }

    internal override void WriteAfterStep(CodeWriter code, AdapterPlan plan, TypeNames types) =>
        code.Line($"{Budget(plan)}.Allocate();   // prunes the least important ranks until {Literal.Of(((AdaLoraSpec)plan.Spec).TargetRank)} on average remain");

    private static IEnumerable<string> Arguments(AdaLoraSpec spec)
    {
        yield return $"initialRank: {Literal.Of(spec.InitialRank)}";
        yield return $"alpha: {Literal.Of(spec.EffectiveAlpha)}";
        if (spec.Dropout != 0) yield return $"dropout: {Literal.Of(spec.Dropout)}";
    }

    private static string Budget(AdapterPlan plan) => Identifiers.Camel(plan.Handle) + "Budget";
}
