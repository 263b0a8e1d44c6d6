using Peft.Declarative.Layers;

namespace Peft.Declarative.Models;

/// <summary>The config.json of Llama 2 and 3, Mistral and Qwen 2. These families share one architecture and differ in their settings.</summary>
public sealed record LlamaConfig : ModelConfig
{
    /// <summary>The width of the inner layer of the feed-forward network.</summary>
    public required int IntermediateSize { get; init; }

    /// <summary>The number that the norms add to the mean of squares.</summary>
    public double NormEpsilon { get; init; } = 1e-6;

    /// <summary>The rotary position embedding.</summary>
    public required RotaryEmbedding Rotary { get; init; }

    /// <summary>Whether the query, key and value projections have biases. The default is <see langword="false"/>.</summary>
    public bool QueryKeyValueBias { get; init; }

    /// <summary>Whether the output projection of attention has a bias. The default is <see langword="false"/>.</summary>
    public bool OutputBias { get; init; }

    /// <summary>Whether the feed-forward projections have biases. The default is <see langword="false"/>.</summary>
    public bool FeedForwardBias { get; init; }

    /// <summary>The size of the sliding window: keys at this distance or farther are hidden from a query. <see langword="null"/> (the default) for no window.</summary>
    public int? SlidingWindow { get; init; }

    /// <summary>Reads the config.json of a model directory.</summary>
    /// <param name="directory">The model directory.</param>
    /// <exception cref="PeftException">PEFT511: the model belongs to another family, or a setting is not implemented. The message lists every problem.</exception>
    public static LlamaConfig Load(string directory)
    {
        ConfigReader file = ConfigReader.Open(directory);
        string type = file.ModelType("llama", "mistral", "qwen2");
        file.Only("hidden_act", "silu", "silu");
        int hidden = file.Size("hidden_size");
        int heads = file.Size("num_attention_heads");
        int headSize = file.Size("head_dim", hidden / heads);
        int groups = file.Size("num_key_value_heads", heads);
        file.RequireTogether(heads % groups == 0, $"'num_attention_heads' {heads} is not a multiple of 'num_key_value_heads' {groups}");
        file.RequireTogether(headSize % 2 == 0, $"'head_dim' is {headSize}, but rotary embedding needs an even number");
        bool attentionBias = type == "llama" && file.Flag("attention_bias", false);

        var config = new LlamaConfig
        {
            ModelType = type,
            VocabularySize = file.Size("vocab_size"),
            HiddenSize = hidden,
            LayerCount = file.Size("num_hidden_layers", most: 4096),
            HeadCount = heads,
            KeyValueHeadCount = groups,
            HeadSize = headSize,
            MaxPositions = file.Size("max_position_embeddings", 2048),
            TiesHead = file.Flag("tie_word_embeddings", false),
            InitializerRange = file.Number("initializer_range", 0.02),
            BosTokenId = file.OptionalId("bos_token_id"),
            EosTokenIds = file.Ids("eos_token_id"),
            PadTokenId = file.OptionalId("pad_token_id"),
            IntermediateSize = file.Size("intermediate_size"),
            NormEpsilon = file.Number("rms_norm_eps", 1e-6),
            Rotary = RopeReader.Read(file, headSize),
            QueryKeyValueBias = type == "qwen2" || attentionBias,
            OutputBias = attentionBias,
            FeedForwardBias = type == "llama" && file.Flag("mlp_bias", false),
            SlidingWindow = WindowReader.Read(file, type),
        };
        file.ThrowIfWrong();
        return config;
    }
}
