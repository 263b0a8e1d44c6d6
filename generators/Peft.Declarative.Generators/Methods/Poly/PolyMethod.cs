using Peft.Declarative.Declaration;
using Peft.Declarative.Generators.Emit;
using Peft.Declarative.Generators.Model;
using Peft.Declarative.Generators.Parse;
using Peft.Declarative.Generators.Plan;
using Peft.Declarative.Methods.Poly;
using Peft.Declarative.Targeting;
using Peft.Declarative.Text.Errors;

namespace Peft.Declarative.Generators.Methods.Poly;

/// <summary>Polytropon: low-rank skills in each layer, which the task of each row mixes.</summary>
internal sealed class PolyMethod : LayerMethod<PolySpec>
{
    internal override MethodFacts Facts => PolyFacts.Method;

    internal override IEnumerable<KnownType> Types => [Public("PolyConfig"), Public("PolyInit", inExpressions: true), Own("PolyLinear")];

    internal override IEnumerable<(string Field, string Value)> SavedFields(AdapterSpec adapter)
    {
        var spec = (PolySpec)adapter;
        return [("r", Literal.Of(spec.Rank)), ("n_tasks", Literal.Of(spec.Tasks)), ("n_skills", Literal.Of(spec.Skills)), ("n_splits", Literal.Of(spec.Splits))];
    }

    internal override IEnumerable<(string End, long[] Shape)> SavedTensors(AdapterSpec adapter, PlannedLayer layer)
    {
        var spec = (PolySpec)adapter;
        long splits = Math.Max(spec.Splits, 1);
        return
        [
            ("poly_lora_A", [spec.Splits, spec.Skills, layer.Input / splits, spec.Rank]),
            ("poly_lora_B", [spec.Splits, spec.Skills, spec.Rank, layer.Output / splits]),
            ("poly_router.module_logits", [spec.Tasks, (long)spec.Splits * spec.Skills]),
        ];
    }

    // The factors of each row are mixed anew, which for rows of many tokens is little beside what a token needs.
    internal override double Activations(AdapterSpec adapter, PlannedLayer layer) => ((PolySpec)adapter).Rank;

    protected override PolySpec Read(AttributeReader attribute, ParseContext context)
    {
        var declared = attribute.Value<PolyAttribute>();
        var spec = new PolySpec(attribute.Identity)
        {
            Rank = declared.Rank,
            Tasks = declared.Tasks,
            Skills = declared.Skills,
            Splits = declared.Splits,
            Init = declared.Init,
        };
        new NumberChecks(spec, context).Require(
            PolyFacts.Method, ("rank", spec.Rank), ("tasks", spec.Tasks), ("skills", spec.Skills), ("splits", spec.Splits));
        return spec;
    }

    protected override void Check(PolySpec spec, LayerSelectionPlan selection, PlanContext context)
    {
        if (PolyFacts.Undivided(selection.Selected, spec.Splits) is { } layer)
        {
            context.Report(RuleIds.OutOfRange, PolyFacts.SplitsDoNotDivide(context.Declaration.Name, layer, spec.Splits), PlaceOf(layer).At("splits"));
        }

        if (spec.Skills > 0) RankCheck.Run(selection.Selected.Select(layer => (layer, spec.Rank)), (layer, _) => PlaceOf(layer).At("rank"), context, spec.Skills);

        SourcePlace PlaceOf(TargetLayer layer) => spec.MemberOf(layer.Path) ?? spec.Place;
    }

    protected override long Trained(PolySpec spec, PlannedLayer layer) =>
        ((long)spec.Skills * spec.Rank * (layer.Input + layer.Output)) + ((long)spec.Tasks * spec.Splits * spec.Skills);

    // The vocabulary can be extended, so the base weight of its layers is in the file.
    protected override long FrozenInFile(PolySpec spec, LayerSelectionPlan selection) =>
        selection.Selected.Where(layer => VocabularyLayers.IsSavedAlong(layer.Name)).Sum(layer => layer.Input * layer.Output);

    protected override string Title(PolySpec spec) =>
        $"Polytropon of {Literal.Of(spec.Skills)} skills of rank {Literal.Of(spec.Rank)} for {Literal.Of(spec.Tasks)} {(spec.Tasks == 1 ? "task" : "tasks")}";

    protected override string Parts(PolySpec spec, PlannedLayer layer) =>
        $"A [{Shape(spec, Part(spec, layer.Input, "in"), Literal.Of(spec.Rank))}]   B [{Shape(spec, Literal.Of(spec.Rank), Part(spec, layer.Output, "out"))}]   "
        + $"tasks [{Literal.Of(spec.Tasks)}, {Literal.Of(spec.Splits * spec.Skills)}]";

    protected override IEnumerable<string> ConfigSettings(PolySpec spec, TypeNames types)
    {
        yield return $"Rank = {Literal.Of(spec.Rank)}";
        if (spec.Tasks != PolyFacts.Tasks) yield return $"Tasks = {Literal.Of(spec.Tasks)}";
        if (spec.Skills != PolyFacts.Skills) yield return $"Skills = {Literal.Of(spec.Skills)}";
        if (spec.Splits != PolyFacts.Splits) yield return $"Splits = {Literal.Of(spec.Splits)}";
        if (spec.Init != default) yield return $"Init = {types["PolyInit"]}.{spec.Init}";
    }

    protected override LayerClass Class(PolySpec spec, PlannedLayer layer, TypeNames types)
    {
        string shape = $"W frozen [{Size(layer.Output, "out")}, {Size(layer.Input, "in")}]";
        return new LayerClass($"y = W x + 1/{Literal.Of(spec.Rank)} · B(t) (A(t) x), {shape}, {Parts(spec, layer).Replace("   ", ", ")}", types["PolyLinear"], Arguments(spec, types));
    }

    private static IEnumerable<string> Arguments(PolySpec spec, TypeNames types)
    {
        yield return $"rank: {Literal.Of(spec.Rank)}";
        yield return $"tasks: {Literal.Of(spec.Tasks)}";
        yield return $"skills: {Literal.Of(spec.Skills)}";
        yield return $"splits: {Literal.Of(spec.Splits)}";
        if (spec.Init != default) yield return $"init: {types["PolyInit"]}.{spec.Init}";
    }

    private static string Shape(PolySpec spec, string rows, string columns) => $"{Literal.Of(spec.Splits)}, {Literal.Of(spec.Skills)}, {rows}, {columns}";

    private static string Part(PolySpec spec, long size, string name) => size > 0 && spec.Splits > 0
        ? Size(size / spec.Splits, name)
        : spec.Splits == 1 ? name : $"{name} / {Literal.Of(spec.Splits)}";
}
