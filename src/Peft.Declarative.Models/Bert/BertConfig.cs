using System.Globalization;
using System.Text.Json.Nodes;
using Peft.Declarative.Text.Json;

namespace Peft.Declarative.Models;

/// <summary>The config.json of BERT and RoBERTa.</summary>
public sealed record BertConfig : ModelConfig
{
    /// <summary>The width of the inner layer of the feed-forward network.</summary>
    public required int IntermediateSize { get; init; }

    /// <summary>The number of token types. The default is 2.</summary>
    public int TokenTypeCount { get; init; } = 2;

    /// <summary>The number that the norms add to the variance.</summary>
    public double NormEpsilon { get; init; } = 1e-12;

    /// <summary>The name of the activation in the feed-forward network.</summary>
    public string Activation { get; init; } = "gelu";

    /// <summary>The dropout probability for embeddings and the outputs of attention and feed-forward sublayers, in training. The default is 0.</summary>
    public double HiddenDropout { get; init; }

    /// <summary>The dropout probability for attention weights, in training. The default is 0.</summary>
    public double AttentionDropout { get; init; }

    /// <summary>The dropout probability before the classification head, in training. The default is 0.</summary>
    public double HeadDropout { get; init; }

    /// <summary>The names of the classes, in the order of the logits.</summary>
    public required IReadOnlyList<string> ClassNames { get; init; }

    /// <summary>Reads the config.json of a model directory.</summary>
    /// <param name="directory">The model directory.</param>
    /// <exception cref="PeftException">PEFT511: the model belongs to another family, or a setting is not implemented. The message lists every problem.</exception>
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
        file.RequireTogether(hidden % heads == 0, $"'hidden_size' {hidden} is not a multiple of 'num_attention_heads' {heads}");
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

    // The default is two classes, as in transformers.
    private static IReadOnlyList<string> ReadClasses(ConfigReader file)
    {
        if (file["id2label"] is not JsonObject names)
        {
            return file["label2id"] is JsonObject ids ? ReadIds(file, ids) : [.. Enumerable.Range(0, file.Size("num_labels", 2, most: 1 << 20)).Select(id => $"LABEL_{id.ToString(CultureInfo.InvariantCulture)}")];
        }

        file.Require(names.Count > 1, $"'id2label' has {names.Count} classes, but a classifier needs 2; regression is not implemented");
        bool counted = Enumerable.Range(0, names.Count).All(id => names.ContainsKey(id.ToString(CultureInfo.InvariantCulture)));
        file.Require(counted, $"the keys of 'id2label' should be 0 to {names.Count - 1}");
        return counted ? [.. Enumerable.Range(0, names.Count).Select(id => names[id.ToString(CultureInfo.InvariantCulture)]?.ToString() ?? "")] : [];
    }

    // The same names the other way round.
    private static IReadOnlyList<string> ReadIds(ConfigReader file, JsonObject ids)
    {
        var names = new string?[ids.Count];
        foreach ((string name, JsonNode? id) in ids)
        {
            if (JsonScalar.Whole(id) is { } index && index >= 0 && index < names.Length)
            {
                names[index] = name;
            }
        }

        file.Require(!names.Contains(null) && names.Length > 1, $"the values of 'label2id' should be 0 to {names.Length - 1}, each once, for 2 classes or more");
        return [.. names.Select(name => name ?? "")];
    }
}
