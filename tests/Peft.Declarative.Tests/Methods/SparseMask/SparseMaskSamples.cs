namespace Peft.Declarative.Tests.Methods.SparseMask;

internal static class SparseMaskSamples
{
    internal static IReadOnlyList<MethodSample> All { get; } =
    [
        new("sparse mask by magnitude", new SparseMaskConfig { Density = 0.05, Choice = MaskChoice.Magnitude }) { Families = TinyFamilies.Dense },
    ];
}
