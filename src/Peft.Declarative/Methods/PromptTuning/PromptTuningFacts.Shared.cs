using Peft.Declarative.Declaration;

namespace Peft.Declarative.Methods.PromptTuning;

/// <summary>What the compiler and the run time both know of the method.</summary>
internal static class PromptTuningFacts
{
    internal static MethodFacts Method { get; } = new("PromptTuning", MethodClass.Additive, "before the input", "2104.08691")
    {
        Merges = false,
        Numbers = [NumberRule.Tokens],
    };
}
