using Peft.Declarative.Layers;
using Peft.Declarative.Models;
using static TorchSharp.torch;

namespace Peft.Declarative.Tests;

/// <summary>Small models with drawn weights, the same for the same seed.</summary>
internal static class TinyModels
{
    internal static LlamaConfig LlamaConfig { get; } = new()
    {
        ModelType = "llama",
        VocabularySize = 48,
        HiddenSize = 32,
        LayerCount = 2,
        HeadCount = 4,
        KeyValueHeadCount = 2,
        HeadSize = 8,
        MaxPositions = 64,
        TiesHead = false,
        InitializerRange = 0.2,
        IntermediateSize = 48,
        Rotary = new RotaryEmbedding([1.0, 0.1, 0.01, 0.001]),
    };

    internal static Gpt2Config Gpt2Config { get; } = new()
    {
        ModelType = "gpt2",
        VocabularySize = 48,
        HiddenSize = 32,
        LayerCount = 2,
        HeadCount = 4,
        KeyValueHeadCount = 4,
        HeadSize = 8,
        MaxPositions = 64,
        TiesHead = true,
        InitializerRange = 0.2,
        IntermediateSize = 64,
    };

    internal static BertConfig BertConfig { get; } = new()
    {
        ModelType = "bert",
        VocabularySize = 48,
        HiddenSize = 32,
        LayerCount = 2,
        HeadCount = 4,
        KeyValueHeadCount = 4,
        HeadSize = 8,
        MaxPositions = 64,
        TiesHead = false,
        InitializerRange = 0.2,
        PadTokenId = 1,
        IntermediateSize = 48,
        ClassNames = ["no", "maybe", "yes"],
    };

    internal static T5Config T5Config { get; } = new()
    {
        ModelType = "t5",
        VocabularySize = 48,
        HiddenSize = 32,
        LayerCount = 2,
        DecoderLayerCount = 3,
        HeadCount = 4,
        KeyValueHeadCount = 4,
        HeadSize = 8,
        MaxPositions = 64,
        TiesHead = true,
        InitializerRange = 1,
        PadTokenId = 0,
        DecoderStartTokenId = 0,
        IntermediateSize = 48,
        BucketCount = 8,
        MaxDistance = 16,
    };

    internal static LlamaForCausalLM Llama(int seed = 1) => LlamaForCausalLM.FromConfig(LlamaConfig, seed: seed);

    internal static Gpt2ForCausalLM Gpt2(int seed = 1) => Gpt2ForCausalLM.FromConfig(Gpt2Config, seed: seed);

    internal static BertForSequenceClassification Bert(int seed = 1) => BertForSequenceClassification.FromConfig(BertConfig, seed: seed);

    internal static RobertaForSequenceClassification Roberta(int seed = 1) =>
        RobertaForSequenceClassification.FromConfig(BertConfig with { ModelType = "roberta" }, seed: seed);

    internal static T5ForConditionalGeneration T5(int seed = 1) => T5ForConditionalGeneration.FromConfig(T5Config, seed: seed);

    /// <summary>Token ids [2, 7], none of them special.</summary>
    internal static Tensor Ids() => tensor(new long[,] { { 5, 9, 13, 7, 40, 22, 3 }, { 8, 3, 30, 31, 11, 2, 19 } });
}
