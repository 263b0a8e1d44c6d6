namespace Peft.Declarative.Tests.Methods.LoKr;

internal static class LoKrSamples
{
    internal static IReadOnlyList<MethodSample> All { get; } =
    [
        new("lokr", new LoKrConfig { Rank = 2, Alpha = 4 }) { WithDropout = new LoKrConfig { Rank = 2, RankDropout = 0.3, RankDropoutScale = true } },
        new("lokr of both factors", new LoKrConfig { Rank = 1, DecomposeBoth = true, DecomposeFactor = 8, Init = LoKrInit.Lycoris, Targets = [LayerAdapterAttribute.AllLinear] }),
        new("lokr of full factors", new LoKrConfig { Rank = 64, Alpha = 64 }),
    ];
}
