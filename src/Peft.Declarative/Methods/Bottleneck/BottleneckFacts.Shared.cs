using Peft.Declarative.Declaration;

namespace Peft.Declarative.Methods.Bottleneck;

/// <summary>The facts about the method for both the compiler and the run time.</summary>
internal static class BottleneckFacts
{
    internal const double Reduction = 16;
    internal const double InvertibleReduction = 2;

    internal static MethodFacts Method { get; } = new("Bottleneck", MethodClass.Additive, "after sublayers", "1902.00751")
    {
        PeftType = "bottleneck",
        Merges = false,
        Numbers =
        [
            NumberRule.Reduction(),
            NumberRule.Reduction("InvertibleReduction"),
            NumberRule.Dropout(),
            NumberRule.Dropout("StochasticDepth"),
            NumberRule.Scale,
        ],
    };
}
