namespace Peft.Declarative.Tests.Methods.UniPelt;

internal static class UniPeltSamples
{
    internal static IReadOnlyList<MethodSample> All { get; } =
    [
        new("unipelt", new UnionConfig(
        [
            new PrefixTuningConfig { Tokens = 3, Placement = PrefixPlacement.Beside, Projection = true, ProjectionHidden = 6, Gated = true },
            new BottleneckConfig { Reduction = 4, Gated = true },
            new LoraConfig { Rank = 2, Gated = true, FusedProjections = [0, 2] },
        ])) { StartsElsewhere = true, Merges = false, WeighsTheCall = true, PaddingCountsIn = ["t5"] },
    ];
}
