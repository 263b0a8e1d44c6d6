using Peft.Declarative.Declaration;
using Peft.Declarative.Generators.Emit;
using Peft.Declarative.Generators.Model;
using Peft.Declarative.Generators.Parse;
using Peft.Declarative.Generators.Plan;
using Peft.Declarative.Methods.Ia3;
using Peft.Declarative.Targeting;

namespace Peft.Declarative.Generators.Methods.Ia3;

/// <summary>(IA)³: one factor per channel, on the output of attention layers and on the input of feed-forward layers.</summary>
internal sealed class Ia3Method : LayerMethod<Ia3Spec>
{
    internal override MethodFacts Facts => Ia3Facts.Method;

    internal override IEnumerable<KnownType> Types => [Public("Ia3Config"), Own("Ia3Linear")];

    protected override IReadOnlyList<string> OwnSelectors => [nameof(Ia3Attribute.FeedForward), nameof(Ia3Attribute.FeedForwardPattern)];

    internal override bool KeepsInputs => false;

    // What the vector scales, which is most often the result.
    internal override double Activations(AdapterSpec adapter, PlannedLayer layer) => layer.Output;

    protected override Ia3Spec Read(AttributeReader attribute, ParseContext context) => Ia3Parser.Parse(attribute, context);

    protected override (Ia3Spec Joined, Ia3Spec Member) Reconcile(Ia3Spec earlier, Ia3Spec member) => Ia3Parser.Reconcile(earlier, member);

    protected override Func<TargetLayer, LayerSetting?> Settings(Ia3Spec spec, TargetSelection selection, PlanContext context)
    {
        ModelDeclaration model = context.Declaration;
        IReadOnlyList<TargetLayer> adapted = selection.Adapted;
        var problems = new TargetProblems(model.Name, spec.Method, new TargetQuery(), adapted);
        HashSet<string> feedForward = Ia3Sides.FeedForward(
            spec.FeedForward, spec.FeedForwardPattern, model.Tree.DefaultsOf(TargetGroup.FeedForward), adapted, problems, lenient: false);
        foreach (TargetProblem problem in problems.All)
        {
            context.Report(problem.Id, problem.Message, spec.At(problem.Argument, problem.Index), problem.Near);
        }

        return layer => new Ia3Side(feedForward.Contains(layer.Path));
    }

    protected override long Trained(Ia3Spec spec, PlannedLayer layer) => OnInput(layer) ? layer.Input : layer.Output;

    protected override string Title(Ia3Spec spec) => "(IA)³ factors";

    protected override string Parts(Ia3Spec spec, PlannedLayer layer) => OnInput(layer)
        ? $"l [{Size(layer.Input, "in")}] on the input"
        : $"l [{Size(layer.Output, "out")}] on the result";

    protected override IEnumerable<string> ConfigSettings(Ia3Spec spec, TypeNames types)
    {
        if (spec.FeedForward is { } names) yield return $"FeedForward = {Literal.Of(names)}";
        if (spec.FeedForwardPattern is { } pattern) yield return $"FeedForwardPattern = {Literal.Of(pattern)}";
    }

    protected override LayerClass Class(Ia3Spec spec, PlannedLayer layer, TypeNames types)
    {
        string bias = layer.HasBias ? " + b" : "";
        string shape = $"W frozen [{Size(layer.Output, "out")}, {Size(layer.Input, "in")}]";
        return OnInput(layer)
            ? new LayerClass($"y = W (l ∘ x){bias}, {shape}, l [{Size(layer.Input, "in")}]", types["Ia3Linear"], ["feedForward: true"])
            : new LayerClass($"y = l ∘ (W x{bias}), {shape}, l [{Size(layer.Output, "out")}]", types["Ia3Linear"], []);
    }

    private static bool OnInput(PlannedLayer layer) => ((Ia3Side)layer.Setting!).OnInput;
}
