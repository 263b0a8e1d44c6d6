namespace Peft.Declarative.Tests.Methods.Ia3;

internal static class Ia3Samples
{
    internal static IReadOnlyList<MethodSample> All { get; } =
    [
        new("ia3", new Ia3Config()),
    ];
}
