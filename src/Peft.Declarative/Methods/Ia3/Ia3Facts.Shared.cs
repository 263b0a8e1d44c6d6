using Peft.Declarative.Declaration;
using Peft.Declarative.Targeting;

namespace Peft.Declarative.Methods.Ia3;

/// <summary>The facts about the method for both the compiler and the run time.</summary>
internal static class Ia3Facts
{
    internal static MethodFacts Method { get; } = new("Ia3", MethodClass.Additive, "on the output of attention layers, on the input of feed-forward layers", "2205.05638")
    {
        PeftType = "IA3",
        Adaptable = LayerKinds.WithProduct,
        DefaultTargets = TargetGroup.Rescaled,
    };
}
