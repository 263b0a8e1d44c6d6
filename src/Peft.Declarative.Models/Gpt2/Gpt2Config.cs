namespace Peft.Declarative.Models;

/// <summary>The config.json of GPT-2.</summary>
public sealed record Gpt2Config : ModelConfig
{
    /// <summary>The width of the inner layer of the feed-forward network.</summary>
    public required int IntermediateSize { get; init; }

    /// <summary>The number that the norms add to the variance.</summary>
    public double NormEpsilon { get; init; } = 1e-5;

    /// <summary>The name of the activation in the feed-forward network.</summary>
    public string Activation { get; init; } = "gelu_new";

    /// <summary>Whether attention scores are divided by the square root of the head width. The default is <see langword="true"/>.</summary>
    public bool ScaleScores { get; init; } = true;

    /// <summary>Whether attention scores are also divided by the one-based index of the block. The default is <see langword="false"/>.</summary>
    public bool ScaleByLayer { get; init; }

    /// <summary>Reads the config.json of a model directory.</summary>
    /// <param name="directory">The model directory.</param>
    /// <exception cref="PeftException">PEFT511: the model belongs to another family, or a setting is not implemented. The message lists every problem.</exception>
    public static Gpt2Config Load(string directory)
    {
        ConfigReader file = ConfigReader.Open(directory);
        file.ModelType("gpt2");
        file.Require(!file.Flag("add_cross_attention", false), "'add_cross_attention' is true, but only the decoder by itself is implemented");
        file.Only("activation_function", "gelu_new", [.. Activations.ByName.Keys]);
        int hidden = file.Size("n_embd", 768);
        int heads = file.Size("n_head", 12);
        file.RequireTogether(hidden % heads == 0, $"'n_embd' {hidden} is not a multiple of 'n_head' {heads}");
        var config = new Gpt2Config
        {
            ModelType = "gpt2",
            VocabularySize = file.Size("vocab_size", 50257),
            HiddenSize = hidden,
            LayerCount = file.Size("n_layer", 12, most: 4096),
            HeadCount = heads,
            KeyValueHeadCount = heads,
            HeadSize = hidden / heads,
            MaxPositions = file.Size("n_positions", 1024),
            TiesHead = file.Flag("tie_word_embeddings", true),
            InitializerRange = file.Number("initializer_range", 0.02),
            BosTokenId = file.OptionalId("bos_token_id"),
            EosTokenIds = file.Ids("eos_token_id"),
            PadTokenId = file.OptionalId("pad_token_id"),
            IntermediateSize = file.Size("n_inner", 4 * hidden),
            NormEpsilon = file.Number("layer_norm_epsilon", 1e-5),
            Activation = file.Text("activation_function") ?? "gelu_new",
            ScaleScores = file.Flag("scale_attn_weights", true),
            ScaleByLayer = file.Flag("scale_attn_by_inverse_layer_idx", false),
        };
        file.ThrowIfWrong();
        return config;
    }
}
