using Peft.Declarative.Generators.Model;

namespace Peft.Declarative.Generators.Plan;

/// <summary>Computes the memory of the base's weights, as far as sizes are known.</summary>
internal static class MemoryCount
{
    /// <summary>Computes it as declared: layers of [Quantize] in its bits, the others in the element type of [Training].</summary>
    internal static long? BaseBytes(ModelPlan plan) => plan.Quantize is { } quantize
        ? ((plan.BaseParameters - quantize.Parameters) * BytesPerWeight(plan)) + quantize.Bytes
        : DenseBytes(plan);

    /// <summary>Computes it without [Quantize].</summary>
    internal static long? DenseBytes(ModelPlan plan) => plan.BaseParameters * BytesPerWeight(plan);

    private static int BytesPerWeight(ModelPlan plan) => plan.Declaration.Training.Precision == Precision.BFloat16 ? 2 : sizeof(float);
}
