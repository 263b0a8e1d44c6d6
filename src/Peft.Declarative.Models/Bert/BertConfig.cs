using System.Globalization;
using System.Text.Json.Nodes;

namespace Peft.Declarative.Models;

/// <summary>config.json of the BERT-shaped encoders: BERT and RoBERTa, which count positions differently.</summary>
public sealed record BertConfig : ModelConfig
{
    /// <summary>Width inside the feed-forward network.</summary>
    public required int IntermediateSize { get; init; }

    /// <summary>Rows of the table that tells first and second text apart.</summary>
    public int TokenTypeCount { get; init; } = 2;

    /// <summary>Added to the variance in the norms.</summary>
    public double NormEpsilon { get; init; } = 1e-12;

    /// <summary>Name of the activation between the feed-forward projections.</summary>
    public string Activation { get; init; } = "gelu";

    /// <summary>Dropout on embeddings and on the results of attention and feed-forward, while training.</summary>
    public double HiddenDropout { get; init; }

    /// <summary>Dropout on attention weights, while training.</summary>
    public double AttentionDropout { get; init; }

    /// <summary>Dropout before the classifier, while training.</summary>
    public double HeadDropout { get; init; }

    /// <summary>Names of the classes, in the order of the logits.</summary>
    public required IReadOnlyList<string> ClassNames { get; init; }

    /// <summary>Reads config.json of a model directory.</summary>
    /// <param name="directory">The model's directory.</param>
    /// <exception cref="PeftException">PEFT511: another family, or a setting that is not implemented; every problem is listed.</exception>
    public static BertConfig Load(string directory)
    {
        ConfigReader file = ConfigReader.Open(directory);
        string type = file.ModelType("bert", "roberta");
        file.Only("hidden_act", "gelu", [.. Activations.ByName.Keys]);
        file.Only("position_embedding_type", "absolute", "absolute");
        file.Only("problem_type", "single_label_classification", "single_label_classification");
        file.Require(!file.Flag("is_decoder", false), "'is_decoder' is true, but only the encoder is implemented");
        int hidden = file.Size("hidden_size", 768);
        int heads = file.Size("num_attention_heads", 12);
        file.Require(hidden % heads == 0, $"'hidden_size' {hidden} is not a multiple of 'num_attention_heads' {heads}");
        double dropout = file.Number("hidden_dropout_prob", 0.1);
        var config = new BertConfig
        {
            ModelType = type,
            VocabularySize = file.Size("vocab_size", type == "bert" ? 30522 : 50265),
            HiddenSize = hidden,
            LayerCount = file.Size("num_hidden_layers", 12, most: 4096),
            HeadCount = heads,
            KeyValueHeadCount = heads,
            HeadSize = hidden / heads,
            MaxPositions = file.Size("max_position_embeddings", 512),
            TiesHead = false,
            InitializerRange = file.Number("initializer_range", 0.02),
            BosTokenId = file.OptionalId("bos_token_id"),
            EosTokenIds = file.Ids("eos_token_id"),
            PadTokenId = file.OptionalId("pad_token_id") ?? (type == "bert" ? 0 : 1),
            IntermediateSize = file.Size("intermediate_size", 3072),
            TokenTypeCount = file.Size("type_vocab_size", 2),
            NormEpsilon = file.Number("layer_norm_eps", 1e-12),
            Activation = file.Text("hidden_act") ?? "gelu",
            HiddenDropout = dropout,
            AttentionDropout = file.Number("attention_probs_dropout_prob", 0.1),
            HeadDropout = file.Number("classifier_dropout", dropout),
            ClassNames = ReadClasses(file),
        };
        file.ThrowIfWrong();
        return config;
    }

    // Two classes unless the file says otherwise, as in the reference library.
    private static IReadOnlyList<string> ReadClasses(ConfigReader file)
    {
        if (file["id2label"] is not JsonObject names)
        {
            return [.. Enumerable.Range(0, file.Size("num_labels", 2, most: 1 << 20)).Select(id => $"LABEL_{id.ToString(CultureInfo.InvariantCulture)}")];
        }

        file.Require(names.Count > 1, $"'id2label' has {names.Count} classes, but a classifier needs 2; regression is not implemented");
        bool counted = Enumerable.Range(0, names.Count).All(id => names.ContainsKey(id.ToString(CultureInfo.InvariantCulture)));
        file.Require(counted, $"the keys of 'id2label' should be 0 to {names.Count - 1}");
        return counted ? [.. Enumerable.Range(0, names.Count).Select(id => names[id.ToString(CultureInfo.InvariantCulture)]?.ToString() ?? "")] : [];
    }
}
