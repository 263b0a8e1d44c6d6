using Peft.Declarative.Errors;
using Peft.Declarative.Generators.Emit;
using Peft.Declarative.Generators.Model;
using Peft.Declarative.Generators.Parse;
using Peft.Declarative.Generators.Plan;

namespace Peft.Declarative.Generators.Methods;

/// <summary>A name for several methods that make one adapter. What is written shows the parts; the run time puts them on the model.</summary>
internal abstract class HybridMethod : AdapterMethod
{
    internal override AdapterSpec Parse(AttributeReader attribute, ParseContext context)
    {
        var spec = new HybridSpec(Name)
        {
            Name = attribute.Text("Name") ?? "default",
            Place = attribute.Place,
            Written = attribute.Written,
            Tokens = attribute.IntOr(UsualTokens),
            ProjectionHidden = attribute.Value<int>("ProjectionHidden") ?? UsualHidden,
            Reduction = attribute.Value<double>("Reduction") ?? UsualReduction,
            Scale = attribute.Value<double>("Scale") ?? 4,
            Rank = attribute.Value<int>("Rank") ?? 8,
        };
        if (!context.IsPretrained)
            context.Report(RuleIds.NeedsCausalModel, RuleTexts.NeedsCausalModel(Name, "puts learned keys and values into the attention layers", context.Model), spec.Place);
        Check(spec, context);
        return spec;
    }

    internal override AdapterPlan Plan(AdapterSpec adapter, PlanContext context) =>
        new(adapter, "", default, context.TrainedHead().ToEquatableArray(), AtRunTime: true, Trainable: null, FileValues: null);

    internal override string Summary(AdapterPlan plan, ModelPlan model) => string.Join(", ", Parts((HybridSpec)plan.Spec)) + ". Sizes come from the checkpoint.";

    internal override IEnumerable<string> Report(AdapterPlan plan) =>
        Parts((HybridSpec)plan.Spec).Concat(plan.Saved.Select(layer => LayerTable.Row(layer, "trained in full", layer.Parameters)));

    internal override ConfigText Config(AdapterPlan plan, TypeNames types) =>
        new($"{types["UnionConfig"]}([{string.Join(", ", Configs((HybridSpec)plan.Spec, types))}])", []);

    internal override void WriteAttachment(CodeWriter code, AdapterPlan plan, TypeNames types) =>
        code.Line($"{types["AdapterWiring"]}.Attach(this, {plan.Handle});   // its parts, and the head of a classifier");

    protected abstract int UsualTokens { get; }

    protected abstract int UsualHidden { get; }

    protected abstract double UsualReduction { get; }

    /// <summary>What the name stands for, a line for each part.</summary>
    protected abstract IEnumerable<string> Parts(HybridSpec spec);

    /// <summary>The configs of the parts, as C# writes them.</summary>
    protected abstract IEnumerable<string> Configs(HybridSpec spec, TypeNames types);

    private void Check(HybridSpec spec, ParseContext context)
    {
        void Report(string text, string argument) => context.Report(RuleIds.OutOfRange, text, spec.Place.At(argument));
        if (spec.Tokens < 1) Report(RuleTexts.TokensNotPositive(Name, context.Model, spec.Tokens), "tokens");
        if (spec.ProjectionHidden < 1) Report(RuleTexts.WidthNotPositive(Name, context.Model, "ProjectionHidden", spec.ProjectionHidden), "ProjectionHidden");
        if (!(spec.Reduction > 0)) Report(RuleTexts.ReductionNotPositive(Name, context.Model, spec.Reduction), "Reduction");
        if (spec.Rank < 1) Report(RuleTexts.RankNotPositive(Name, context.Model, spec.Rank), "Rank");
    }
}
