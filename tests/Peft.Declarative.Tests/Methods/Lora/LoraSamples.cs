namespace Peft.Declarative.Tests.Methods.Lora;

internal static class LoraSamples
{
    private static readonly Dictionary<string, IReadOnlyList<int>> Tokens = new() { [""] = [3, 7] };

    internal static IReadOnlyList<MethodSample> All { get; } =
    [
        new("lora", new LoraConfig { Rank = 4, Alpha = 8 }) { WithDropout = new LoraConfig { Rank = 4, Dropout = 0.3 } },
        new("lora all-linear with bias", new LoraConfig { Rank = 2, Targets = [LayerAdapterAttribute.AllLinear], Bias = BiasTraining.All }) { OverridesBaseIn = ["gpt2", "bert", "roberta", "gpt2 in 4 bits"] },
        new("lora on the embedding", new LoraConfig { Rank = 4, TargetPattern = MethodSample.EmbeddingAndQuery }) { SitsOnEmbedding = true },
        new("lora with the head", new LoraConfig { Rank = 4, ModulesToSave = [MethodSample.Head] }),
        new("lora with the embedding", new LoraConfig { Rank = 4, ModulesToSave = [MethodSample.Embedding] }),
        new("lora with tokens", new LoraConfig { Rank = 4, TrainableTokens = Tokens }) { TiedStartTolerance = 1e-5 },
    ];
}
