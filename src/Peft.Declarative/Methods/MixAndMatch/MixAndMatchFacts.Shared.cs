using Peft.Declarative.Declaration;

namespace Peft.Declarative.Methods.MixAndMatch;

/// <summary>The facts about the method for both the compiler and the run time.</summary>
internal static class MixAndMatchFacts
{
    internal const int Tokens = 30;
    internal const int ProjectionHidden = 800;
    internal const double Reduction = 2;
    internal const double Scale = 4;

    internal static MethodFacts Method { get; } = new("MixAndMatch", MethodClass.Hybrid, "a prefix, and bottlenecks parallel to the feed-forward networks", "2110.04366")
    {
        Merges = false,
        Numbers = [NumberRule.Tokens, NumberRule.Width("ProjectionHidden"), NumberRule.Reduction("Reduction"), NumberRule.Scale],
    };
}
