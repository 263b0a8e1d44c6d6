using Peft.Declarative.Declaration;

namespace Peft.Declarative.Methods.PTuning;

/// <summary>The facts about the method for both the compiler and the run time.</summary>
internal static class PTuningFacts
{
    internal const int Layers = 2;

    internal static MethodFacts Method { get; } = new("PTuning", MethodClass.Additive, "before the input", "2103.10385")
    {
        PeftType = "P_TUNING",
        Merges = false,
        Numbers = [NumberRule.Tokens, NumberRule.Width("Hidden"), NumberRule.Layers, NumberRule.Dropout()],
    };
}
