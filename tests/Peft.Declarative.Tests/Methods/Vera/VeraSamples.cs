namespace Peft.Declarative.Tests.Methods.Vera;

internal static class VeraSamples
{
    internal static IReadOnlyList<MethodSample> All { get; } =
    [
        new("vera", new VeraConfig { Rank = 6 }) { WithDropout = new VeraConfig { Rank = 6, Dropout = 0.3 } },
    ];
}
