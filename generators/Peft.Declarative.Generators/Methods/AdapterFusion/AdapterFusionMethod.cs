using Peft.Declarative.Declaration;
using Peft.Declarative.Generators.Emit;
using Peft.Declarative.Generators.Model;
using Peft.Declarative.Generators.Parse;
using Peft.Declarative.Generators.Plan;
using Peft.Declarative.Methods.AdapterFusion;
using Peft.Declarative.Text.Errors;

namespace Peft.Declarative.Generators.Methods.AdapterFusion;

/// <summary>Fusions of bottlenecks: parses, plans and writes [AdapterFusion].</summary>
internal sealed class AdapterFusionMethod : AdapterMethod
{
    internal override MethodFacts Facts => AdapterFusionFacts.Method;

    internal override IEnumerable<KnownType> Types => [Public("AdapterFusionConfig"), Own("FusionLayer"), Own("FusionRegularization", inExpressions: true)];

    internal override AdapterSpec Parse(AttributeReader attribute, ParseContext context) => AdapterFusionParser.Parse(attribute, context);

    internal override AdapterPlan Plan(AdapterSpec adapter, PlanContext context) => new AdapterFusionPlanner((AdapterFusionSpec)adapter, context).Plan();

    internal override string Summary(AdapterPlan plan, ModelPlan model)
    {
        string cost = plan.Trainable is { } trainable ? $": {ModelReport.Share(trainable, model)}." : ". Sizes come from the checkpoint.";
        return $"Attention over {RuleTexts.Names(Spec(plan).Adapters, "and")}, which rest while it is trained{cost}";
    }

    internal override IEnumerable<string> Report(AdapterPlan plan)
    {
        foreach (PlannedLayer layer in plan.Adapted)
        {
            string width = layer.Output > 0 ? Literal.Of((int)layer.Output) : "hidden";
            yield return LayerTable.Row(layer, SublayerPlanner.NameOf(layer), $"Q, K{(Spec(plan).Value ? ", V" : "")} [{width}, {width}]", AdapterFusionPlanner.Count(layer, Spec(plan)));
        }

        foreach (PlannedLayer layer in plan.Saved) yield return LayerTable.Row(layer, "trained in full", layer.Parameters);
    }

    internal override ConfigText Config(AdapterPlan plan, TypeNames types) => new AdapterFusionEmitter(plan, types).Config();

    internal override ConfigText NeutralConfig(AdapterPlan plan, TypeNames types) => Config(plan, types);   // its names are required, and have no effect

    internal override void WriteAttachment(CodeWriter code, AdapterPlan plan, TypeNames types) => new AdapterFusionEmitter(plan, types).WriteAttachment(code);

    internal override void WriteClasses(CodeWriter code, AdapterPlan plan, TypeNames types) => new AdapterFusionEmitter(plan, types).WriteClasses(code);

    internal override void WriteAfterBackward(CodeWriter code, AdapterPlan plan, TypeNames types) => new AdapterFusionEmitter(plan, types).WriteAfterBackward(code);

    private static AdapterFusionSpec Spec(AdapterPlan plan) => (AdapterFusionSpec)plan.Spec;
}
