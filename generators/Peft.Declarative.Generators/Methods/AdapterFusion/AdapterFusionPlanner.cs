using Peft.Declarative.Generators.Emit;
using Peft.Declarative.Generators.Model;
using Peft.Declarative.Generators.Plan;
using Peft.Declarative.Methods.AdapterFusion;
using Peft.Declarative.Text.Errors;

namespace Peft.Declarative.Generators.Methods.AdapterFusion;

/// <summary>Plans a fusion on the model: the slots of its bottlenecks, and the number of parameters.</summary>
internal sealed class AdapterFusionPlanner(AdapterFusionSpec spec, PlanContext context)
{
    internal AdapterPlan Plan()
    {
        List<SublayerAdapterSpec> members = context.Declaration.Adapters.OfType<SublayerAdapterSpec>().Where(adapter => spec.Adapters.Contains(adapter.Name)).ToList();
        List<string> missing = spec.Adapters.Where(name => members.All(member => member.Name != name)).ToList();
        if (spec.Adapters.Count < 2 || spec.Adapters.Distinct().Count() < spec.Adapters.Count || missing.Count > 0)
        {
            string text = AdapterFusionFacts.WithoutBottlenecks(context.Declaration.Name, spec.Adapters.ToList(), missing);
            context.Report(RuleIds.NothingAdapted, text, spec.Place);
            return new AdapterPlan(spec, "", default, default, AtRunTime: false, null, null);
        }

        PlannedSublayers slots = new SublayerPlanner(FusionSublayers.Of(spec, members), context).Plan();
        List<PlannedLayer> layers = slots.Groups.Select(group => group.Layer with { ClassName = Identifiers.Pascal(group.Sublayer) }).ToList();
        List<PlannedLayer> head = context.TrainedHead();
        long? trainable = 0;
        foreach (PlannedLayer layer in layers) trainable += Count(layer, spec);
        foreach (PlannedLayer layer in head) trainable += layer.Parameters;
        return new AdapterPlan(spec, "", layers.ToEquatableArray(), head.ToEquatableArray(), slots.AtRunTime, trainable, trainable);
    }

    /// <summary>Counts the parameters of all slots of a group; <see langword="null"/> if not known.</summary>
    internal static long? Count(PlannedLayer layer, AdapterFusionSpec spec) => layer is { Count: > 0, Output: > 0 }
        ? layer.Count * (((spec.Value ? 3 : 2) * layer.Output * layer.Output) + (2 * layer.Output))
        : null;
}

/// <summary>Gets the sublayers of a fusion: those of its bottlenecks.</summary>
internal sealed record FusionSublayers(AdapterIdentity Identity) : SublayerAdapterSpec(Identity)
{
    internal static FusionSublayers Of(AdapterFusionSpec fusion, IReadOnlyList<SublayerAdapterSpec> members) => new(fusion.Identity)
    {
        Reduction = 1,
        Targets = members.SelectMany(member => member.Targets).Distinct().ToEquatableArray(),
        LeaveOut = members.Select(member => member.LeaveOut.AsEnumerable()).Aggregate((all, next) => all.Intersect(next)).ToEquatableArray(),
    };
}
