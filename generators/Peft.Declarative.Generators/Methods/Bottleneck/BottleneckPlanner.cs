using Peft.Declarative.Generators.Emit;
using Peft.Declarative.Generators.Model;
using Peft.Declarative.Generators.Plan;

namespace Peft.Declarative.Generators.Methods.Bottleneck;

/// <summary>Plans a bottleneck on the model: its slots, and the number of parameters.</summary>
internal sealed class BottleneckPlanner(BottleneckSpec spec, PlanContext context)
{
    internal AdapterPlan Plan()
    {
        PlannedSublayers slots = new SublayerPlanner(spec, context).Plan();
        List<PlannedLayer> layers = slots.Groups.Select(group => group.Layer with { ClassName = ClassName(group, slots.Groups) }).ToList();
        List<PlannedLayer> head = context.TrainedHead();
        long? trainable = 0;
        foreach (PlannedLayer layer in layers) trainable += Count(layer, spec);
        foreach (PlannedLayer layer in head) trainable += layer.Parameters;
        if (spec.Invertible) trainable += Coupling(context.Width);
        return new AdapterPlan(spec, "", layers.ToEquatableArray(), head.ToEquatableArray(), slots.AtRunTime, trainable, trainable);
    }

    /// <summary>Counts the parameters of all slots of a group; <see langword="null"/> if not known.</summary>
    internal static long? Count(PlannedLayer layer, BottleneckSpec spec)
    {
        if (layer is not { Count: > 0, Output: > 0 }) return null;

        long width = layer.Output;
        long projections = (2 * width * SublayerSetting.Of(layer).Size) + width + SublayerSetting.Of(layer).Size;
        long scale = spec.LearnedScale switch { ScaleLearning.None => 0, ScaleLearning.Scalar => 1, _ => width };
        return layer.Count * (projections + scale + (spec.Gated ? width + 1 : 0) + (2 * width * spec.Norms));
    }

    /// <summary>Names one class per sublayer, and per reduction if there are several.</summary>
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
