using Peft.Declarative.Declaration;
using Peft.Declarative.Methods.Bottleneck;

namespace Peft.Declarative.Methods.ParallelBottleneck;

/// <summary>The facts about the method for both the compiler and the run time.</summary>
internal static class ParallelBottleneckFacts
{
    internal const double Reduction = 2;
    internal const double Scale = 4;

    internal static MethodFacts Method { get; } = new("ParallelBottleneck", MethodClass.Additive, "beside sublayers", "2110.04366")
    {
        PeftType = "bottleneck",
        Merges = false,
        Numbers = BottleneckFacts.Method.Numbers,
    };
}
