namespace Peft.Declarative.Models;

/// <summary>The config.json of T5, T5 1.1 and Flan-T5.</summary>
public sealed record T5Config : ModelConfig
{
    /// <summary>The number of blocks of the decoder; <see cref="ModelConfig.LayerCount"/> is that of the encoder.</summary>
    public required int DecoderLayerCount { get; init; }

    /// <summary>The width of the inner layer of the feed-forward network.</summary>
    public required int IntermediateSize { get; init; }

    /// <summary>The id with which every target begins.</summary>
    public required int DecoderStartTokenId { get; init; }

    /// <summary>The number of relative position buckets. The default is 32.</summary>
    public int BucketCount { get; init; } = 32;

    /// <summary>The distance from which on all tokens are in one bucket. The default is 128.</summary>
    public int MaxDistance { get; init; } = 128;

    /// <summary>The number that the norms add to the mean of squares.</summary>
    public double NormEpsilon { get; init; } = 1e-6;

    /// <summary>The name of the activation in the feed-forward network.</summary>
    public string Activation { get; init; } = "relu";

    /// <summary>Whether the activation gates a second projection. The default is <see langword="false"/>.</summary>
    public bool Gated { get; init; }

    /// <summary>The dropout probability for embeddings, attention weights and sublayers, in training. The default is 0.</summary>
    public double Dropout { get; init; }

    /// <summary>Reads the config.json of a model directory.</summary>
    /// <param name="directory">The model directory.</param>
    /// <exception cref="PeftException">PEFT511: the model belongs to another family, or a setting is not implemented. The message lists every problem.</exception>
    public static T5Config Load(string directory)
    {
        ConfigReader file = ConfigReader.Open(directory);
        file.ModelType("t5");
        (string activation, bool gated) = ReadFeedForward(file);
        int heads = file.Size("num_heads", 8);
        int buckets = file.Size("relative_attention_num_buckets", 32);
        int distance = file.Size("relative_attention_max_distance", 128);
        int layers = file.Size("num_layers", 6, most: 4096);
        file.Require(buckets % 4 == 0 && distance > buckets / 2,
            $"'relative_attention_num_buckets' {buckets} should be a multiple of 4, and 'relative_attention_max_distance' {distance} above half of it");
        int vocabulary = file.Size("vocab_size", 32128);
        int padding = file.OptionalId("pad_token_id") is { } pad && pad < vocabulary ? pad : 0;
        var config = new T5Config
        {
            ModelType = "t5",
            VocabularySize = vocabulary,
            HiddenSize = file.Size("d_model", 512),
            LayerCount = layers,
            DecoderLayerCount = file.Size("num_decoder_layers", layers, most: 4096),
            HeadCount = heads,
            KeyValueHeadCount = heads,
            HeadSize = file.Size("d_kv", 64),
            MaxPositions = file.Size("n_positions", 512),
            TiesHead = file.Flag("tie_word_embeddings", true),
            InitializerRange = file.Number("initializer_factor", 1.0),
            BosTokenId = file.OptionalId("bos_token_id"),
            EosTokenIds = file.Ids("eos_token_id"),
            PadTokenId = padding,
            IntermediateSize = file.Size("d_ff", 2048),
            DecoderStartTokenId = file.OptionalId("decoder_start_token_id") ?? padding,
            BucketCount = buckets,
            MaxDistance = distance,
            NormEpsilon = file.Number("layer_norm_epsilon", 1e-6),
            Activation = activation,
            Gated = gated,
            Dropout = file.Number("dropout_rate", 0.1),
        };
        file.ThrowIfWrong();
        return config;
    }

    // 'relu' or 'gated-gelu'. In the latter, gelu means the tanh approximation.
    private static (string Activation, bool Gated) ReadFeedForward(ConfigReader file)
    {
        const string Gate = "gated-";
        string form = file.Text("feed_forward_proj") ?? "relu";
        bool gated = form.StartsWith(Gate, StringComparison.Ordinal);
        string name = form == "gated-gelu" ? "gelu_new" : gated ? form[Gate.Length..] : form;
        file.Require(Activations.ByName.ContainsKey(name), $"'feed_forward_proj' is '{form}', but only "
            + $"{string.Join(", ", Activations.ByName.Keys)} are implemented, alone or after 'gated-'");
        return (name, gated);
    }
}
