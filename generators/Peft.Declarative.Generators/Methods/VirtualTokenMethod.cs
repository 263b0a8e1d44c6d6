using Peft.Declarative.Generators.Emit;
using Peft.Declarative.Generators.Model;
using Peft.Declarative.Generators.Plan;

namespace Peft.Declarative.Generators.Methods;

/// <summary>The base class of methods with virtual tokens. They adapt no layer, and train the head of a classifier.</summary>
internal abstract class VirtualTokenMethod : AdapterMethod
{
    internal override AdapterPlan Plan(AdapterSpec adapter, PlanContext context)
    {
        var spec = (VirtualTokenSpec)adapter;
        List<PlannedLayer> head = context.TrainedHead();
        long? inFull = head.Aggregate((long?)0, (sum, layer) => sum + layer.Parameters);
        return new AdapterPlan(adapter, "", default, head.ToEquatableArray(), AtRunTime: false, Trained(spec, context) + inFull, Saved(spec, context) + inFull);
    }

    internal override string Summary(AdapterPlan plan, ModelPlan model)
    {
        string cost = plan.Trainable is { } trainable ? $": {ModelReport.Share(trainable, model)}." : ". Sizes come from the checkpoint.";
        return What((VirtualTokenSpec)plan.Spec) + cost;
    }

    internal override IEnumerable<string> Report(AdapterPlan plan) =>
        Parts(plan).Concat(plan.Saved.Select(layer => LayerTable.Row(layer, "trained in full", layer.Parameters)));

    internal override IEnumerable<(string Field, string Value)> SavedFields(AdapterSpec adapter) => [("num_virtual_tokens", Literal.Of(((VirtualTokenSpec)adapter).Tokens))];

    internal override ConfigText NeutralConfig(AdapterPlan plan, TypeNames types) => new(Config(plan, types).Type, ["Tokens = 1"]);

    internal override void WriteAttachment(CodeWriter code, AdapterPlan plan, TypeNames types)
    {
        WritePart(code, plan, types);
        if (plan.Saved.Count > 0) code.Line($"{types["TrainedHeads"]}.Attach(this, {plan.NameText});");
    }

    /// <summary>Describes the adapter, without its cost.</summary>
    protected abstract string What(VirtualTokenSpec spec);

    /// <summary>Counts the trained values without those of the head; <see langword="null"/> if not known.</summary>
    protected abstract long? Trained(VirtualTokenSpec spec, PlanContext context);

    /// <summary>Counts the values in the adapter's file without those of the head; <see langword="null"/> if not known.</summary>
    protected abstract long? Saved(VirtualTokenSpec spec, PlanContext context);

    /// <summary>Gets the lines of the header without that of the head.</summary>
    protected abstract IEnumerable<string> Parts(AdapterPlan plan);

    /// <summary>Writes the statement that adds the virtual tokens to the model.</summary>
    protected abstract void WritePart(CodeWriter code, AdapterPlan plan, TypeNames types);

    /// <summary>Counts the values in the adapter's file for each virtual token of a plan; <see langword="null"/> if not known.</summary>
    protected static long? Width(AdapterPlan plan)
    {
        var spec = (VirtualTokenSpec)plan.Spec;
        return plan.FileValuesBesideSaved / Math.Max(spec.Rows, 1);
    }
}
