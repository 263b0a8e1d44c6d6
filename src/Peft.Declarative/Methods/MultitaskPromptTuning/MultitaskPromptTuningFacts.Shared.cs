using Peft.Declarative.Declaration;

namespace Peft.Declarative.Methods.MultitaskPromptTuning;

/// <summary>The facts about the method for both the compiler and the run time.</summary>
internal static class MultitaskPromptTuningFacts
{
    internal const int Ranks = 1;

    internal static MethodFacts Method { get; } = new("MultitaskPromptTuning", MethodClass.Additive, "before the input", "2303.02861")
    {
        PeftType = "MULTITASK_PROMPT_TUNING",
        Merges = false,
        Numbers = [NumberRule.Tokens, NumberRule.AtLeast("tasks", 1), NumberRule.AtLeast("ranks", 1), NumberRule.AtLeast("InitTask", 0)],
    };

    /// <summary>Whether an initialization reads another adapter.</summary>
    internal static bool ReadsAdapter(MultitaskPromptInit init) =>
        init is MultitaskPromptInit.AverageSourceTasks or MultitaskPromptInit.ExactSourceTask or MultitaskPromptInit.OnlySourceShared;

    internal static string InitAdapterMissing(string model) =>
        $"[MultitaskPromptTuning] on '{model}' starts from another adapter, but InitAdapter is not set. Set InitAdapter to its directory, or take another Init.";
}
