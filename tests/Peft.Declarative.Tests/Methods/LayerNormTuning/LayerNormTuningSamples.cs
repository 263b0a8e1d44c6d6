namespace Peft.Declarative.Tests.Methods.LayerNormTuning;

internal static class LayerNormTuningSamples
{
    internal static IReadOnlyList<MethodSample> All { get; } =
    [
        new("layer-norm tuning", new LayerNormTuningConfig()),
    ];
}
