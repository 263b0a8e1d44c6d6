using Peft.Declarative.Generators.Emit;
using Peft.Declarative.Generators.Model;
using Peft.Declarative.Generators.Plan;

namespace Peft.Declarative.Generators.Methods.Bottleneck;

/// <summary>Holds a bottleneck against the model: which places, and how many parameters.</summary>
internal sealed class BottleneckPlanner(BottleneckSpec spec, PlanContext context)
{
    internal AdapterPlan Plan()
    {
        PlannedSublayers slots = new SublayerPlanner(spec, context).Plan();
        List<PlannedLayer> places = slots.Groups.Select(group => group.Layer with { ClassName = ClassName(group, slots.Groups) }).ToList();
        List<PlannedLayer> head = context.TrainedHead();
        long? trainable = 0;
        foreach (PlannedLayer place in places) trainable += Count(place, spec);
        foreach (PlannedLayer layer in head) trainable += layer.Parameters;
        if (spec.Invertible) trainable += Coupling(context.Width);
        return new AdapterPlan(spec, "", places.ToEquatableArray(), head.ToEquatableArray(), slots.AtRunTime, trainable, trainable);
    }

    /// <summary>Parameters of all places of a group; null if not known.</summary>
    internal static long? Count(PlannedLayer place, BottleneckSpec spec)
    {
        if (place is not { Count: > 0, Output: > 0 }) return null;

        long width = place.Output;
        long projections = (2 * width * SublayerSetting.Of(place).Size) + width + SublayerSetting.Of(place).Size;
        long scale = spec.LearnedScale switch { ScaleLearning.None => 0, ScaleLearning.Scalar => 1, _ => width };
        return place.Count * (projections + scale + (spec.Gated ? width + 1 : 0) + (2 * width * spec.Norms));
    }

    /// <summary>One class per sublayer, and per reduction where there are several.</summary>
    private static string ClassName(PlannedSublayer group, IReadOnlyList<PlannedSublayer> all)
    {
        bool several = all.Where(other => other.Sublayer == group.Sublayer).Select(other => other.Reduction).Distinct().Count() > 1;
        return Identifiers.Pascal(group.Sublayer) + (several ? "By" + Literal.Of(group.Reduction).Replace(".0", "").Replace('.', '_') : "");
    }

    private long? Coupling(long? width)
    {
        if (width is not { } hidden) return null;

        long half = hidden / 2;
        return Network(hidden - half, half) + Network(half, hidden - half);
    }

    private long Network(long input, long output)
    {
        long inner = Math.Max(1, (long)Math.Floor(input / spec.InvertibleReduction));
        return (input * inner) + inner + (inner * output) + output;
    }
}
