using Peft.Declarative.Declaration;
using Peft.Declarative.Targeting;

namespace Peft.Declarative.Methods.LayerNormTuning;

/// <summary>The facts about the method for both the compiler and the run time.</summary>
internal static class LayerNormTuningFacts
{
    internal static MethodFacts Method { get; } = new("LayerNormTuning", MethodClass.Selective, "the norms", "2312.11420")
    {
        PeftType = "LN_TUNING",
        Adaptable = LayerKinds.Norms,
        DefaultTargets = TargetGroup.Norms,
    };
}
