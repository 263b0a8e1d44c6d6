using Peft.Declarative.Declaration;
using Peft.Declarative.Generators.Emit;
using Peft.Declarative.Generators.Model;
using Peft.Declarative.Generators.Parse;
using Peft.Declarative.Generators.Plan;
using Peft.Declarative.Methods.SparseMask;
using Peft.Declarative.Text.Errors;

namespace Peft.Declarative.Generators.Methods.SparseMask;

/// <summary>
/// Sparse masks: a small fixed set of the weights is trained, by default selected by Fisher information on the data before the run.
/// </summary>
internal sealed class SparseMaskMethod : LayerMethod<SparseMaskSpec>
{
    internal override MethodFacts Facts => SparseMaskFacts.Method;

    internal override IEnumerable<KnownType> Types =>
        [Public("SparseMaskConfig"), Public("MaskChoice", inExpressions: true), Own("SparseLinear"), Own("FisherMask", inExpressions: true)];

    protected override SparseMaskSpec Read(AttributeReader attribute, ParseContext context)
    {
        var declared = attribute.Value<SparseMaskAttribute>();
        var spec = new SparseMaskSpec(attribute.Identity)
        {
            Density = declared.Density,
            Choice = declared.Choice,
            Samples = attribute.IfSet(nameof(declared.Samples), declared.Samples),
        };
        new NumberChecks(spec, context).Require(Facts, ("density", spec.Density), ("Samples", spec.Samples));
        if (spec.Samples is not null && !spec.ByFisher) context.Unused(attribute, nameof(declared.Samples), "magnitudes are read without any data");
        return spec;
    }

    protected override long Trained(SparseMaskSpec spec, PlannedLayer layer) => (long)(spec.Density * (layer.Output * layer.Input));

    // Fisher information selects among all layers together, so that the number per layer is not rounded.
    protected override long? TrainedBeside(SparseMaskSpec spec, LayerSelectionPlan selection, PlanContext context) => !spec.ByFisher
        ? 0
        : (long)(spec.Density * selection.Adapted.Sum(layer => layer.Count * layer.Output * layer.Input)) - selection.Adapted.Sum(layer => layer.Count * Trained(spec, layer));

    // A position needs as much memory as two values.
    protected override long FrozenInFile(SparseMaskSpec spec, LayerSelectionPlan selection) => 2 * selection.Adapted.Sum(layer => layer.Count * Trained(spec, layer));

    protected override string Title(SparseMaskSpec spec) =>
        $"{Percent(spec)} of the weights, chosen by {(spec.ByFisher ? "Fisher information over all layers" : "magnitude in each layer")},";

    protected override string Parts(SparseMaskSpec spec, PlannedLayer layer) => spec.ByFisher ? "about as many values" : "values";

    protected override IEnumerable<string> ConfigSettings(SparseMaskSpec spec, TypeNames types)
    {
        yield return $"Density = {Literal.Of(spec.Density)}";
        if (!spec.ByFisher) yield return $"Choice = {types["MaskChoice"]}.{spec.Choice}";
        if (spec.Samples is { } samples) yield return $"Samples = {Literal.Of(samples)}";
    }

    protected override LayerClass Class(SparseMaskSpec spec, PlannedLayer layer, TypeNames types)
    {
        string formula = $"y = W x, W frozen [{Size(layer.Output, "out")}, {Size(layer.Input, "in")}] but for the entries of the mask";
        return new LayerClass(formula, types["SparseLinear"], spec.ByFisher ? [] : [$"density: {Literal.Of(spec.Density)}"]);
    }

    internal override void WriteBeforeRun(CodeWriter code, AdapterPlan plan, TypeNames types)
    {
        var spec = (SparseMaskSpec)plan.Spec;
        if (spec.ByFisher)
            code.Line($"{types["FisherMask"]}.Choose(this, {plan.Handle}, data, Plan.MaxLength);   // {Percent(spec)} of the weights: those to which the loss is most sensitive");
    }

    private static string Percent(SparseMaskSpec spec) => $"{RuleTexts.Number(spec.Density * 100)} %";
}
