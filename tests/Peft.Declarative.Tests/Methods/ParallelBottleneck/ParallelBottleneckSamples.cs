namespace Peft.Declarative.Tests.Methods.ParallelBottleneck;

internal static class ParallelBottleneckSamples
{
    internal static IReadOnlyList<MethodSample> All { get; } =
    [
        new("parallel bottleneck", new ParallelBottleneckConfig { Reduction = 4 }) { Merges = false },
        new("parallel bottleneck at attention", new ParallelBottleneckConfig
        {
            Reduction = 4,
            Targets = [SublayerKind.Attention],
            LearnedScale = ScaleLearning.Scalar,
        }) { Merges = false },
    ];
}
