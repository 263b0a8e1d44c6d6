namespace Peft.Declarative.Tests.Methods.MultitaskPromptTuning;

internal static class MultitaskPromptTuningSamples
{
    internal static IReadOnlyList<MethodSample> All { get; } =
    [
        // Of one task, which rows need not name; tests of this folder have several.
        new("multitask prompt tuning", new MultitaskPromptTuningConfig { Tokens = 3, Ranks = 2 }) { StartsElsewhere = true, Merges = false },
    ];
}
