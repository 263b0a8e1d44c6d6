using Peft.Declarative.Declaration;

namespace Peft.Declarative.Methods.AdapterFusion;

/// <summary>What the compiler and the run time both know of the method.</summary>
internal static class AdapterFusionFacts
{
    internal static MethodFacts Method { get; } = new("AdapterFusion", MethodClass.Additive, "over bottlenecks", "2005.00247")
    {
        Merges = false,
        Numbers = [NumberRule.Dropout()],
    };
}
