using Peft.Declarative.Declaration;

namespace Peft.Declarative.Methods.MixAndMatch;

/// <summary>What the compiler and the run time both know of the method.</summary>
internal static class MixAndMatchFacts
{
    internal const int Tokens = 30;
    internal const int ProjectionHidden = 800;
    internal const double Reduction = 2;
    internal const double Scale = 4;

    internal static MethodFacts Method { get; } = new("MixAndMatch", MethodClass.Hybrid, "a prefix, and bottlenecks beside the feed-forward networks", "2110.04366")
    {
        Merges = false,
        Numbers = [NumberRule.Tokens, NumberRule.Width("ProjectionHidden"), NumberRule.Reduction("Reduction"), NumberRule.Scale],
    };
}
