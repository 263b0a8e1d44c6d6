using Peft.Declarative.Generators.Model;
using Peft.Declarative.Generators.Parse;
using Peft.Declarative.Generators.Plan;

namespace Peft.Declarative.Generators.Methods;

// From attributes to a plan: selectors, members that form one adapter, counts.
internal abstract partial class LayerMethod<TSpec>
{
    internal sealed override AdapterSpec Parse(AttributeReader attribute, ParseContext context) =>
        Selectors.Read(Read(attribute, context), attribute, OwnSelectors, context);

    internal sealed override AdapterSpec? Join(AdapterSpec earlier, AdapterSpec later)
    {
        if (earlier is not TSpec first || later is not TSpec second || first.Kind != second.Kind) return null;
        if (first.TargetPlaces.Count == 0 || second.TargetPlaces.Count == 0 || first.Identity.LearningRate != second.Identity.LearningRate) return null;

        (TSpec joined, TSpec member) = Reconcile(first, second);
        LayerAdapterSpec alike = member with { Identity = joined.Identity, Targets = joined.Targets, TargetPlaces = joined.TargetPlaces };
        return !alike.Equals(joined) ? null : joined with
        {
            Targets = first.Targets!.Value.Concat(second.Targets!.Value).ToEquatableArray(),
            TargetPlaces = first.TargetPlaces.Concat(second.TargetPlaces).ToEquatableArray(),
        };
    }

    internal sealed override AdapterPlan Plan(AdapterSpec adapter, PlanContext context)
    {
        var spec = (TSpec)adapter;
        LayerSelectionPlan selection = new LayerPlanner(spec, Facts.Adaptable, context).Select(selected => Settings(spec, selected, context));
        selection = Narrow(spec, selection, context);
        Check(spec, selection, context);

        bool known = selection.Adapted.Concat(selection.Saved).All(layer => layer is { IsSized: true, Count: > 0 });
        long? trainable = !known ? null : selection.Adapted.Sum(layer => layer.Count * Trained(spec, layer))
            + selection.Saved.Sum(layer => layer.Parameters!.Value)
            + Biases(spec, selection, context)
            + TrainedBeside(spec, selection, context);
        return new AdapterPlan(
            spec, "", selection.Adapted, selection.Saved, selection.AtRunTime, trainable, trainable + (known ? FrozenInFile(spec, selection) : 0));
    }

    /// <summary>Gets the trained biases of the base. The biases of layers that are trained in full belong to those.</summary>
    private static long? Biases(TSpec spec, LayerSelectionPlan selection, PlanContext context) => spec.Bias switch
    {
        BiasTraining.All when !context.Layers.IsExact => null,
        BiasTraining.All => context.Layers.Layers.Select(layer => layer.Layer).Except(selection.Selection.Saved).Where(layer => layer.HasBias).Sum(layer => layer.Output),
        BiasTraining.AdaptedLayers => selection.Adapted.Where(layer => layer.HasBias).Sum(layer => layer.Count * layer.Output),
        _ => 0,
    };
}
