namespace Peft.Declarative.Tests.Methods.PromptTuning;

internal static class PromptTuningSamples
{
    internal static IReadOnlyList<MethodSample> All { get; } =
    [
        new("prompt tuning", new PromptTuningConfig { Tokens = 3 }) { StartsElsewhere = true, Merges = false },
    ];
}
