using Peft.Declarative.Layers;
using Peft.Declarative.Models;

namespace Peft.Declarative.Benchmarks.Training;

/// <summary>The declared model of the benchmark: what a user would write.</summary>
[Lora(rank: Rank, Alpha = Alpha, Targets = ["q_proj", "v_proj"])]
[Training(LearningRate = 1e-4)]
public sealed partial class BenchmarkModel : LlamaForCausalLM
{
    internal const int Rank = 8;
    internal const int Alpha = 2 * Rank;

    /// <summary>Rows of a step.</summary>
    internal static int Batch { get; private set; } = 4;

    /// <summary>Tokens of a row.</summary>
    internal static int Time { get; private set; } = 128;

    /// <summary>The plan for such steps.</summary>
    internal static TrainingPlan StepPlan => Plan with { BatchSize = Batch, MaxLength = Time };

    /// <summary>The sizes of the base.</summary>
    internal static LlamaConfig Shape { get; private set; } = new()
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
        Rotary = new RotaryEmbedding(RotaryEmbedding.Frequencies(width: 64)),
    };

    /// <summary>Takes a larger base, longer texts and the vocabulary of Llama 2.</summary>
    internal static void UseHidden1024()
    {
        (Batch, Time) = (2, 256);
        Shape = Shape with { VocabularySize = 32_000, HiddenSize = 1024, LayerCount = 8, HeadCount = 16, KeyValueHeadCount = 16, IntermediateSize = 2816 };
    }
}
