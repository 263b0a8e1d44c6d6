namespace Peft.Declarative.Tests.Methods.Poly;

internal static class PolySamples
{
    // Of one task, which rows need not name. Rows of several tasks have tests of their own.
    internal static IReadOnlyList<MethodSample> All { get; } =
    [
        new("poly", new PolyConfig { Rank = 3, Skills = 3, Splits = 2 }) { Merges = false },
        new("poly of all layers", new PolyConfig { Rank = 2, Targets = [LayerAdapterAttribute.AllLinear], ModulesToSave = [MethodSample.Head] }) { Merges = false },
    ];
}
