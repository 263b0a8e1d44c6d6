using Peft.Declarative.Layers;
using Peft.Declarative.Models;

namespace Peft.Declarative.Benchmarks.Training;

/// <summary>The declared model of the benchmark: what a user would write.</summary>
[Lora(rank: Rank, Alpha = 2 * Rank, Targets = ["q_proj", "v_proj"])]
[Training(LearningRate = 1e-4, BatchSize = Batch, MaxLength = Time)]
public sealed partial class BenchmarkModel : LlamaForCausalLM
{
    internal const int Rank = 8;
    internal const int Batch = 4;
    internal const int Time = 128;

    internal static LlamaConfig Shape { get; } = new()
    {
        ModelType = "llama",
        VocabularySize = 8192,
        HiddenSize = 512,
        LayerCount = 4,
        HeadCount = 8,
        KeyValueHeadCount = 8,
        HeadSize = 64,
        MaxPositions = 2048,
        TiesHead = false,
        IntermediateSize = 1536,
        Rotary = new RotaryEmbedding([.. Enumerable.Range(0, 32).Select(i => Math.Pow(10_000.0, -i / 32.0))]),
    };
}
