using Peft.Declarative.Generators.Model;

namespace Peft.Declarative.Generators.Plan;

/// <summary>What the base's weights take in memory, as far as sizes are known.</summary>
internal static class MemoryCount
{
    /// <summary>As declared: layers of [Quantize] in 4 bits, the others in the type that training asks for.</summary>
    internal static long? BaseBytes(ModelPlan plan) => plan.Quantize is { } quantize
        ? ((plan.BaseParameters - quantize.Parameters) * BytesPerWeight(plan)) + quantize.Bytes
        : DenseBytes(plan);

    /// <summary>The same without [Quantize].</summary>
    internal static long? DenseBytes(ModelPlan plan) => plan.BaseParameters * BytesPerWeight(plan);

    private static int BytesPerWeight(ModelPlan plan) => plan.Declaration.Training.Precision == Precision.BFloat16 ? 2 : sizeof(float);
}
