namespace Peft.Declarative.Tests.Methods.Bottleneck;

internal static class BottleneckSamples
{
    private static readonly BottleneckConfig Small = new() { Reduction = 4 };

    internal static IReadOnlyList<MethodSample> All { get; } =
    [
        new("bottleneck", Small) { Merges = false, StartsElsewhere = true, WithDropout = Small with { Dropout = 0.3, StochasticDepth = 0.3 } },
        new("bottleneck twice", Small with { Targets = [SublayerKind.Attention, SublayerKind.FeedForward] }) { Merges = false, StartsElsewhere = true },
        new("bottleneck from zero", Small with { Init = BottleneckInit.ZeroUp, SumBefore = false }) { Merges = false },
        new("bottleneck with everything", Small with
        {
            Gated = true,
            LearnedScale = ScaleLearning.Channel,
            NormBefore = true,
            NormAfter = true,
            Residual = BottleneckResidual.Sum,
            Activation = Activation.Gelu,
            Invertible = true,
        }) { Merges = false, StartsElsewhere = true, WeighsTheCall = true },
    ];
}
