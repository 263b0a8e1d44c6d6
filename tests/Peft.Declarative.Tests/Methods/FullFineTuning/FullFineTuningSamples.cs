namespace Peft.Declarative.Tests.Methods.FullFineTuning;

internal static class FullFineTuningSamples
{
    internal static IReadOnlyList<MethodSample> All { get; } =
    [
        // In T5 the table of relative positions is trained too, and attention takes another kernel where its bias has a gradient.
        new("full fine-tuning", new FullFineTuningConfig()) { OverridesBaseIn = TinyFamilies.Dense, TiedStartTolerance = 5e-6, Families = TinyFamilies.Dense },
        new("the last block", new FullFineTuningConfig { LastBlocks = 1 }) { OverridesBaseIn = TinyFamilies.Dense, Families = TinyFamilies.Dense },
    ];
}
