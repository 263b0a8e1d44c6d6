using Peft.Declarative.Layers;
using Peft.Declarative.Models;

namespace Peft.Declarative.Benchmarks.Machine;

/// <summary>A model as small as the one that writes TinyStories with 260 thousand parameters, with random weights: its step is all overhead.</summary>
[Lora(rank: Rank, Alpha = 2 * Rank, Targets = [LayerAdapterAttribute.AllLinear])]
[Training(LearningRate = 1e-4, BatchSize = Batch, MaxLength = Time)]
public sealed partial class StoryModel : LlamaForCausalLM
{
    internal const int Rank = 8;
    internal const int Batch = 8;
    internal const int Time = 128;

    internal static LlamaConfig Shape { get; } = new()
    {
        ModelType = "llama",
        VocabularySize = 512,
        HiddenSize = 64,
        LayerCount = 5,
        HeadCount = 8,
        KeyValueHeadCount = 4,
        HeadSize = 8,
        MaxPositions = 512,
        TiesHead = true,
        IntermediateSize = 172,
        Rotary = new RotaryEmbedding(RotaryEmbedding.Frequencies(width: 8)),
    };
}
