namespace Peft.Declarative.Tests.Methods.MixAndMatch;

internal static class MixAndMatchSamples
{
    internal static IReadOnlyList<MethodSample> All { get; } =
    [
        new("mix and match", new UnionConfig(
        [
            new PrefixTuningConfig { Tokens = 3, Placement = PrefixPlacement.Beside, Projection = true, ProjectionHidden = 6 },
            new ParallelBottleneckConfig { Reduction = 4 },
        ])) { StartsElsewhere = true, Merges = false, PaddingCountsIn = ["t5"] },
    ];
}
