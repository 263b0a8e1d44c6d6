namespace Peft.Declarative.Tests.Methods.PTuning;

internal static class PTuningSamples
{
    internal static IReadOnlyList<MethodSample> All { get; } =
    [
        new("p-tuning, perceptron", new PTuningConfig { Tokens = 3, Hidden = 6 })
        {
            StartsElsewhere = true,
            Merges = false,
            WithDropout = new PTuningConfig { Tokens = 3, Hidden = 6, Encoder = PromptEncoder.Lstm, Layers = 2, Dropout = 0.3 },
        },
        new("p-tuning, lstm", new PTuningConfig { Tokens = 3, Hidden = 6, Encoder = PromptEncoder.Lstm, Layers = 2 }) { StartsElsewhere = true, Merges = false },
    ];
}
