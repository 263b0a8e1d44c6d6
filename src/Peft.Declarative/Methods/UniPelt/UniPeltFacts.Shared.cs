using Peft.Declarative.Declaration;

namespace Peft.Declarative.Methods.UniPelt;

/// <summary>The facts about the method for both the compiler and the run time.</summary>
internal static class UniPeltFacts
{
    internal const int Tokens = 10;
    internal const int ProjectionHidden = 512;
    internal const double Reduction = 16;
    internal const int Rank = 8;

    internal static MethodFacts Method { get; } = new("UniPelt", MethodClass.Hybrid, "low-rank updates, a prefix and bottlenecks, each with a gate", "2110.07577")
    {
        Merges = false,
        Numbers = [NumberRule.Tokens, NumberRule.Width("ProjectionHidden"), NumberRule.Reduction("Reduction"), NumberRule.Rank("Rank")],
    };
}
