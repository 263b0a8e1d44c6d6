namespace Peft.Declarative.Tests.Methods.AdaLora;

internal static class AdaLoraSamples
{
    internal static IReadOnlyList<MethodSample> All { get; } =
    [
        new("adalora", new AdaLoraConfig { InitialRank = 4, TargetRank = 2, Alpha = 8 }) { WithDropout = new AdaLoraConfig { InitialRank = 4, TargetRank = 2, Dropout = 0.3 } },
    ];
}
