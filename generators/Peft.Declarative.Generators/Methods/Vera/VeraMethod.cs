using Peft.Declarative.Declaration;
using Peft.Declarative.Generators.Emit;
using Peft.Declarative.Generators.Model;
using Peft.Declarative.Generators.Parse;
using Peft.Declarative.Generators.Plan;
using Peft.Declarative.Methods.Vera;
using Peft.Declarative.Text.Errors;

namespace Peft.Declarative.Generators.Methods.Vera;

/// <summary>Vector-based random matrix adaptation: two vectors in each layer, around projections that all layers share.</summary>
internal sealed class VeraMethod : LayerMethod<VeraSpec>
{
    internal override MethodFacts Facts => VeraFacts.Method;

    internal override IEnumerable<KnownType> Types => [Public("VeraConfig"), Own("VeraLinear"), Own("VeraProjections", inExpressions: true)];

    internal override IEnumerable<(string Field, string Value)> SavedFields(AdapterSpec adapter) => [("r", Literal.Of(((VeraSpec)adapter).Rank))];

    // The projections are frozen, so only what the two vectors scale is kept.
    internal override bool KeepsInputs => false;

    internal override double Activations(AdapterSpec adapter, PlannedLayer layer) => ((VeraSpec)adapter).Rank + layer.Output;

    protected override VeraSpec Read(AttributeReader attribute, ParseContext context) => VeraParser.Parse(attribute, context);

    protected override long Trained(VeraSpec spec, PlannedLayer layer) => layer.Output + spec.Rank;

    protected override long FrozenInFile(VeraSpec spec, LayerSelectionPlan selection) => spec.SaveProjections ? Projections(spec, selection.Adapted) : 0;

    protected override string Title(VeraSpec spec) => $"VeRA of rank {Literal.Of(spec.Rank)}, two vectors";

    protected override string Parts(VeraSpec spec, PlannedLayer layer) => $"b [{Size(layer.Output, "out")}]   d [{Literal.Of(spec.Rank)}]";

    protected override IEnumerable<string> Remarks(VeraSpec spec, AdapterPlan plan)
    {
        bool known = plan.Adapted.All(layer => layer.IsSized);
        string input = known ? Size(Widest(plan.Adapted, layer => layer.Input), "in") : "in";
        string output = known ? Size(Widest(plan.Adapted, layer => layer.Output), "out") : "out";
        string count = known ? $", {RuleTexts.Count(Projections(spec, plan.Adapted))} values" : "";
        string stored = spec.SaveProjections ? "stored once" : "created from the seed, not in the file";
        yield return $"A [{Literal.Of(spec.Rank)}, {input}] and B [{output}, {Literal.Of(spec.Rank)}], frozen, shared by all layers{count}, {stored}";
    }

    protected override IEnumerable<string> ConfigSettings(VeraSpec spec, TypeNames types)
    {
        yield return $"Rank = {Literal.Of(spec.Rank)}";
        if (spec.Dropout != 0) yield return $"Dropout = {Literal.Of(spec.Dropout)}";
        if (spec.Start != VeraFacts.Start) yield return $"Start = {Literal.Of(spec.Start)}";
        if (spec.Seed != 0) yield return $"Seed = {Literal.Of(spec.Seed)}";
        if (!spec.SaveProjections) yield return "SaveProjections = false";
    }

    protected override SharedValue Shared(VeraSpec spec, AdapterPlan plan, TypeNames types) => new(
        types["VeraProjections"],
        Identifiers.Camel(plan.Variable) + "Projections",
        $"{types["VeraProjections"]}.For(this, {plan.Variable})",
        $"frozen, from seed {Literal.Of(spec.Seed)}, as wide as the widest layer");

    protected override LayerClass Class(VeraSpec spec, PlannedLayer layer, TypeNames types)
    {
        string output = Size(layer.Output, "out");
        string seen = spec.Dropout > 0 ? "dropout(x)" : "x";
        return new LayerClass(
            $"y = W x + b ∘ B (d ∘ A {seen}), W frozen [{output}, {Size(layer.Input, "in")}], b [{output}], d [{Literal.Of(spec.Rank)}]",
            types["VeraLinear"],
            Arguments(spec));
    }

    private static IEnumerable<string> Arguments(VeraSpec spec)
    {
        if (spec.Start != VeraFacts.Start) yield return $"start: {Literal.Of(spec.Start)}";
        if (spec.Dropout != 0) yield return $"dropout: {Literal.Of(spec.Dropout)}";
    }

    private static long Projections(VeraSpec spec, IReadOnlyList<PlannedLayer> layers) =>
        spec.Rank * (Widest(layers, layer => layer.Input) + Widest(layers, layer => layer.Output));

    private static long Widest(IReadOnlyList<PlannedLayer> layers, Func<PlannedLayer, long> width) => layers.Select(width).DefaultIfEmpty(0).Max();
}
