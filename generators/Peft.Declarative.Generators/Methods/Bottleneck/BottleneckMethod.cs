using Peft.Declarative.Declaration;
using Peft.Declarative.Generators.Emit;
using Peft.Declarative.Generators.Model;
using Peft.Declarative.Generators.Parse;
using Peft.Declarative.Generators.Plan;
using Peft.Declarative.Methods.Bottleneck;

namespace Peft.Declarative.Generators.Methods.Bottleneck;

/// <summary>Bottlenecks in series: parses, plans and writes [Bottleneck]. Parallel ones differ in their name and in a sign.</summary>
internal class BottleneckMethod : AdapterMethod
{
    internal override MethodFacts Facts => BottleneckFacts.Method;

    internal override IEnumerable<KnownType> Types =>
    [
        Public("Activation", inExpressions: true),
        Public("BottleneckConfig"),
        Public("BottleneckInit", inExpressions: true),
        Public("BottleneckResidual", inExpressions: true),
        Public("ScaleLearning", inExpressions: true),
        Own("BottleneckLayer"),
        Own("NiceCoupling", inExpressions: true),
        new("ReductionByBlock", "System.Collections.Generic.Dictionary<int, double>"),
    ];

    internal override bool KeepsInputs => false;

    // The input, the input of the activation function, and its result.
    internal override double Activations(AdapterSpec adapter, PlannedLayer layer) => layer.Output + (2 * SublayerSetting.Of(layer).Size);

    internal override AdapterSpec Parse(AttributeReader attribute, ParseContext context) => BottleneckParser.Parse(attribute, context);

    internal override AdapterPlan Plan(AdapterSpec adapter, PlanContext context) => new BottleneckPlanner((BottleneckSpec)adapter, context).Plan();

    internal override string Summary(AdapterPlan plan, ModelPlan model) => new BottleneckReport(plan).Summary(model);

    internal override IEnumerable<string> Report(AdapterPlan plan) => new BottleneckReport(plan).Lines();

    internal override ConfigText Config(AdapterPlan plan, TypeNames types) => new BottleneckEmitter(plan, types).Config();

    internal override void WriteAttachment(CodeWriter code, AdapterPlan plan, TypeNames types) => new BottleneckEmitter(plan, types).WriteAttachment(code);

    internal override void WriteClasses(CodeWriter code, AdapterPlan plan, TypeNames types) => new BottleneckEmitter(plan, types).WriteClasses(code);
}
