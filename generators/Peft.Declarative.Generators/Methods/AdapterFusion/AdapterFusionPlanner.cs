using Peft.Declarative.Methods.AdapterFusion;
using Peft.Declarative.Text.Errors;
using Peft.Declarative.Generators.Emit;
using Peft.Declarative.Generators.Model;
using Peft.Declarative.Generators.Plan;

namespace Peft.Declarative.Generators.Methods.AdapterFusion;

/// <summary>Holds a fusion against the model: where its bottlenecks stand, and how many parameters.</summary>
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
        List<PlannedLayer> places = slots.Groups.Select(group => group.Layer with { ClassName = Identifiers.Pascal(group.Sublayer) }).ToList();
        List<PlannedLayer> head = context.TrainedHead();
        long? trainable = 0;
        foreach (PlannedLayer place in places) trainable += Count(place, spec);
        foreach (PlannedLayer layer in head) trainable += layer.Parameters;
        return new AdapterPlan(spec, "", places.ToEquatableArray(), head.ToEquatableArray(), slots.AtRunTime, trainable, trainable);
    }

    /// <summary>Parameters of all places of a group; null if not known.</summary>
    internal static long? Count(PlannedLayer place, AdapterFusionSpec spec) => place is { Count: > 0, Output: > 0 }
        ? place.Count * (((spec.Value ? 3 : 2) * place.Output * place.Output) + (2 * place.Output))
        : null;
}

/// <summary>The sublayers of a fusion: those of its bottlenecks.</summary>
internal sealed record FusionSublayers(AdapterIdentity Identity) : SublayerAdapterSpec(Identity)
{
    internal static FusionSublayers Of(AdapterFusionSpec fusion, IReadOnlyList<SublayerAdapterSpec> members) => new(fusion.Identity)
    {
        Reduction = 1,
        Targets = members.SelectMany(member => member.Targets).Distinct().ToEquatableArray(),
        LeaveOut = members.Select(member => member.LeaveOut.AsEnumerable()).Aggregate((all, next) => all.Intersect(next)).ToEquatableArray(),
    };
}
