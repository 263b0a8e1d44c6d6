using Peft.Declarative.Text.Errors;
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

    internal override AdapterPlan Plan(AdapterSpec adapter, PlanContext context)
    {
        List<PlannedLayer> head = context.TrainedHead();
        var whole = new AdapterPlan(adapter, "", default, head.ToEquatableArray(), AtRunTime: true, Trainable: null, FileValues: null);
        if (!context.Declaration.Shape.IsPretrained) return whole;   // which has been reported

        List<AdapterPlan> parts = Parts((HybridSpec)adapter).Select(part => MethodCatalog.Of(part).Plan(part, context)).ToList();
        long? inFull = head.Aggregate((long?)0, (sum, layer) => sum + layer.Parameters);   // once, and not with every part
        return whole with
        {
            Parts = parts.ToEquatableArray(),
            Trainable = parts.Aggregate(inFull, (sum, part) => sum + part.TrainableBesideSaved),
            FileValues = parts.Aggregate(inFull, (sum, part) => sum + part.FileValuesBesideSaved),
        };
    }

    internal override IEnumerable<(string Method, string Place)> Unmergeable(AdapterSpec adapter) =>
        Parts((HybridSpec)adapter).SelectMany(part => MethodCatalog.Of(part).Unmergeable(part));

    internal override string Summary(AdapterPlan plan, ModelPlan model)
    {
        string cost = plan.Trainable is { } trainable ? $": {ModelReport.Share(trainable, model)}." : ". Sizes come from the checkpoint.";
        return string.Join(", ", Texts((HybridSpec)plan.Spec)) + cost;
    }

    internal override IEnumerable<string> Report(AdapterPlan plan)
    {
        IEnumerable<string> counts = plan.Parts.Select(part => part.TrainableBesideSaved is { } count ? $": {RuleTexts.Count(count)}" : "");
        return Texts((HybridSpec)plan.Spec).Zip(counts, (text, count) => text + count)
            .Concat(plan.Saved.Select(layer => LayerTable.Row(layer, "trained in full", layer.Parameters)));
    }

    internal override ConfigText Config(AdapterPlan plan, TypeNames types) =>
        new($"{types["UnionConfig"]}([{string.Join(", ", Configs((HybridSpec)plan.Spec, types))}])", []);

    internal override void WriteAttachment(CodeWriter code, AdapterPlan plan, TypeNames types) =>
        code.Line($"{types["AdapterWiring"]}.Attach(this, {plan.Handle});   // its parts, and the head of a classifier");

    protected abstract int UsualTokens { get; }

    protected abstract int UsualHidden { get; }

    protected abstract double UsualReduction { get; }

    /// <summary>What the name stands for, as if each part had been declared by itself.</summary>
    protected abstract IEnumerable<AdapterSpec> Parts(HybridSpec spec);

    /// <summary>The same in words, a line for each part.</summary>
    protected abstract IEnumerable<string> Texts(HybridSpec spec);

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
