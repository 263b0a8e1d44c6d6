using Peft.Declarative.BaseModels;
using static TorchSharp.torch;

namespace Peft.Declarative.Models;

/// <summary>RoBERTa with a head that puts texts into classes: a BERT whose positions count tokens only. Liu et al. 2019, arXiv 1907.11692.</summary>
[DefaultTargets("query", "value")]
[DefaultTargets("key", "value", "output.dense", For = "Ia3")]
[DefaultTargets("output.dense", For = "Ia3.FeedForward")]
[DefaultTargets("LayerNorm", For = "LayerNormTuning")]
[TrainedHead("classifier")]
public class RobertaForSequenceClassification : BertClassifier
{
    // The head of pretraining, and the summary that this head does not read.
    private static readonly CheckpointNames Names = new()
    {
        UnusedBeginnings = ["lm_head.", "roberta.pooler.", "pooler."],
        Drawn = [nameof(classifier)],
    };

    private readonly BertConfig _config;

    /// <summary>Makes a model without weights; a checkpoint or an initialisation fills it.</summary>
    /// <param name="config">Sizes and settings.</param>
    protected RobertaForSequenceClassification(BertConfig config)
        : this(config, new RobertaModel(config))
    {
    }

    private RobertaForSequenceClassification(BertConfig config, RobertaModel backbone)
        : base(config, backbone)
    {
        _config = config;
        roberta = backbone;
        register_module(nameof(roberta), roberta);
        classifier = new RobertaClassificationHead(config);
        register_module(nameof(classifier), classifier);
    }

    /// <summary>Everything below the head.</summary>
    public RobertaModel roberta { get; }

    /// <summary>The head.</summary>
    public RobertaClassificationHead classifier { get; }

    /// <inheritdoc cref="BertForSequenceClassification.FromPretrained"/>
    public static RobertaForSequenceClassification FromPretrained(string directory, Device? device = null)
    {
        var model = new RobertaForSequenceClassification(BertConfig.Load(directory));
        model.LoadWeights(directory, device);
        return model;
    }

    /// <inheritdoc cref="LlamaForCausalLM.FromConfig"/>
    public static RobertaForSequenceClassification FromConfig(BertConfig config, Device? device = null, int seed = 0)
    {
        var model = new RobertaForSequenceClassification(config);
        model.InitializeWeights(device, seed);
        return model;
    }

    /// <inheritdoc/>
    protected override CheckpointNames CheckpointNames => Names;

    /// <summary>
    /// Positions count tokens and not padding, from the padding id on, which has the first row of the table to itself. With learned tokens the
    /// reference library counts straight on instead, since it sees vectors and no ids any more.
    /// </summary>
    protected override Tensor Positions(Tensor inputIds, int learned, int first)
    {
        long padding = _config.PadTokenId!.Value;
        if (learned > 0)
        {
            return base.Positions(inputIds, learned, first) + (padding + 1);
        }

        Tensor counts = inputIds.ne(padding).to(ScalarType.Int64);
        return (counts.cumsum(1) + first) * counts + padding;
    }

    /// <inheritdoc/>
    protected override Tensor Classify(Tensor hidden) => classifier.Forward(hidden);
}
