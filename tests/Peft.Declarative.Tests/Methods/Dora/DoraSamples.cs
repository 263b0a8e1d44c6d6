namespace Peft.Declarative.Tests.Methods.Dora;

internal static class DoraSamples
{
    internal static IReadOnlyList<MethodSample> All { get; } =
    [
        new("dora", new DoraConfig { Rank = 4, Alpha = 8 }) { WithDropout = new DoraConfig { Rank = 4, Dropout = 0.3 } },
        new("dora on the embedding", new DoraConfig { Rank = 4, TargetPattern = MethodSample.EmbeddingAndQuery }) { SitsOnEmbedding = true },
    ];
}
