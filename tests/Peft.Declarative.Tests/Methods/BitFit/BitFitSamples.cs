namespace Peft.Declarative.Tests.Methods.BitFit;

internal static class BitFitSamples
{
    internal static IReadOnlyList<MethodSample> All { get; } =
    [
        new("bitfit", new BitFitConfig()) { OverridesBaseIn = TinyFamilies.Dense, Families = ["gpt2", "bert", "roberta"] },
    ];
}
