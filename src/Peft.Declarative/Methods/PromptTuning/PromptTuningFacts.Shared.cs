using Peft.Declarative.Declaration;

namespace Peft.Declarative.Methods.PromptTuning;

/// <summary>The facts about the method for both the compiler and the run time.</summary>
internal static class PromptTuningFacts
{
    internal static MethodFacts Method { get; } = new("PromptTuning", MethodClass.Additive, "before the input", "2104.08691")
    {
        PeftType = "PROMPT_TUNING",
        Merges = false,
        Numbers = [NumberRule.Tokens],
    };
}
