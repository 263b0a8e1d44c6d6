namespace Peft.Declarative.Tests.Methods.LoHa;

internal static class LoHaSamples
{
    internal static IReadOnlyList<MethodSample> All { get; } =
    [
        new("loha", new LoHaConfig { Rank = 2, Alpha = 4 }) { WithDropout = new LoHaConfig { Rank = 2, RankDropout = 0.3 } },

        // A rank whose square is above the sizes of the layers, which takes another way.
        new("loha of a large rank", new LoHaConfig { Rank = 7, Targets = [LayerAdapterAttribute.AllLinear], ModulesToSave = [MethodSample.Head] }),
    ];
}
