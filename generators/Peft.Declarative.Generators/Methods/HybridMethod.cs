using Peft.Declarative.Generators.Emit;
using Peft.Declarative.Generators.Model;
using Peft.Declarative.Generators.Parse;
using Peft.Declarative.Generators.Plan;
using Peft.Declarative.Text.Errors;

namespace Peft.Declarative.Generators.Methods;

/// <summary>Several methods in one adapter. The generated code lists the parts, and the run time adds them to the model.</summary>
internal abstract class HybridMethod : AdapterMethod
{
    internal override AdapterSpec Parse(AttributeReader attribute, ParseContext context)
    {
        HybridSpec spec = Read(attribute);
        if (!context.IsPretrained)
            context.Report(RuleIds.NeedsCausalModel, RuleTexts.NeedsCausalModel(Name, "puts learned keys and values into the attention layers", context.Model), spec.Place);
        new NumberChecks(spec, context).Require(
            Facts,
            [("tokens", spec.Tokens), ("ProjectionHidden", spec.ProjectionHidden), ("Reduction", spec.Reduction), .. Further(spec)]);
        return spec;
    }

    internal override AdapterPlan Plan(AdapterSpec adapter, PlanContext context)
    {
        List<PlannedLayer> head = context.TrainedHead();
        var whole = new AdapterPlan(adapter, "", default, head.ToEquatableArray(), AtRunTime: true, Trainable: null, FileValues: null);
        if (!context.Declaration.Shape.IsPretrained) return whole;   // has been reported

        List<AdapterPlan> parts = Parts((HybridSpec)adapter).Select(part => part.Kind.Plan(part, context)).ToList();
        long? inFull = head.Aggregate((long?)0, (sum, layer) => sum + layer.Parameters);   // once, not with every part
        return whole with
        {
            Parts = parts.ToEquatableArray(),
            Trainable = parts.Aggregate(inFull, (sum, part) => sum + part.TrainableBesideSaved),
            FileValues = parts.Aggregate(inFull, (sum, part) => sum + part.FileValuesBesideSaved),
        };
    }

    internal override IEnumerable<(string Method, string Place)> Unmergeable(AdapterSpec adapter) =>
        Parts((HybridSpec)adapter).SelectMany(part => part.Kind.Unmergeable(part));

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
        code.Line($"{types["AdapterWiring"]}.Attach(this, {plan.Variable});   // its parts, and the head of a classifier");

    /// <summary>Reads the attribute.</summary>
    protected abstract HybridSpec Read(AttributeReader attribute);

    /// <summary>Gets the numbers that not all hybrids have, by the names of their arguments.</summary>
    protected virtual IEnumerable<(string Argument, double? Value)> Further(HybridSpec spec) => [];

    /// <summary>Gets the parts, as if each one was declared separately.</summary>
    protected abstract IEnumerable<AdapterSpec> Parts(HybridSpec spec);

    /// <summary>Describes the parts, with a line for each.</summary>
    protected abstract IEnumerable<string> Texts(HybridSpec spec);

    /// <summary>Gets the configs of the parts, as C# expressions.</summary>
    protected abstract IEnumerable<string> Configs(HybridSpec spec, TypeNames types);
}
