using Peft.Declarative.Generators.Emit;
using Peft.Declarative.Generators.Model;

namespace Peft.Declarative.Generators.Plan;

/// <summary>Finds the setting that reduces the memory of a step most, by the estimate of the declaration with it.</summary>
internal static class MemoryKnobs
{
    // Weights in 4 bits with the scales of their blocks.
    private const double BytesOfFourBits = 0.53;

    /// <summary>Says which setting helps most, and how much is left with it.</summary>
    internal static string Best(ModelPlan plan, PlanContext context)
    {
        (string knob, double left) = Knobs(plan, context).OrderBy(knob => knob.Left).First();
        return $"{knob} helps most: it leaves {ModelReport.Gibibytes(left)} GiB. Or raise MaxMemoryGiB.";
    }

    private static IEnumerable<(string Knob, double Left)> Knobs(ModelPlan plan, PlanContext context)
    {
        TrainingSpec training = plan.Declaration.Training;
        double With(TrainingSpec changed) => MemoryCount.OfStep(plan with { Declaration = plan.Declaration with { Training = changed } }, context)!.Total;

        // Half of the batch or of the length is always possible; a fourth of the rows is the same with Accumulate.
        yield return ($"BatchSize = {Math.Max(1, training.BatchSize / 4)} with Accumulate", With(training with { BatchSize = Math.Max(1, training.BatchSize / 4) }));
        yield return ($"MaxLength = {plan.Tokens / 2}", With(training with { MaxLength = (int)(plan.Tokens / 2) }));
        if (training.Checkpointing != Checkpointing.Full) yield return ("GradientCheckpointing = true", With(training with { Checkpointing = Checkpointing.Full }));
        if (training.Precision == Precision.Float32) yield return ("Precision = Precision.BFloat16", With(training with { Precision = Precision.BFloat16 }));
        if (training.Optimizer is OptimizerType.AdamW or OptimizerType.Adam) yield return ("Optimizer = OptimizerType.AdamW8Bit", With(training with { Optimizer = OptimizerType.AdamW8Bit }));
        if (plan.Quantize is null && plan.Adapters.All(adapter => Targeting.Combinations.Conflict(adapter.Spec.Traits, [Targeting.Combinations.StoredInFourBits]) is null))
        {
            double products = context.Layers.Layers.Where(layer => layer.Layer.Kind == LayerKind.Linear).Sum(layer => (double)layer.Layer.Output * layer.Layer.Input);
            yield return ("[Quantize]", plan.Memory!.Total - (products * ((training.Precision == Precision.BFloat16 ? 2 : sizeof(float)) - BytesOfFourBits)));
        }
    }
}
