using System.ComponentModel;
using Peft.Declarative.BaseModels;
using Peft.Declarative.Native;

namespace Peft.Declarative.Models;

/// <summary>RoBERTa with a sequence classification head: the BERT architecture with positions that skip padding. Liu et al. 2019, arXiv 1907.11692.</summary>
[ModelTypes("roberta")]
[DefaultTargets("query", "value")]
[DefaultTargets("key", "value", "output.dense", Group = TargetGroup.Rescaled)]
[DefaultTargets("output.dense", Group = TargetGroup.FeedForward)]
[DefaultTargets("LayerNorm", Group = TargetGroup.Norms)]
[TrainedHead("classifier")]
public class RobertaForSequenceClassification : BertClassifier
{
    // The head of pretraining, and the pooler, which this head does not use.
    private static readonly CheckpointNames Names = new()
    {
        UnusedBeginnings = ["lm_head.", "roberta.pooler.", "pooler."],
        Drawn = [nameof(classifier)],
    };

    private const int DefaultPadId = 1;

    private readonly BertConfig _config;

    /// <summary>Creates a model without weights, which a checkpoint or an initialization assigns.</summary>
    /// <param name="config">The sizes and settings.</param>
    protected RobertaForSequenceClassification(BertConfig config)
        : this(config, new RobertaModel(config))
    {
    }

    /// <summary>Lets the compiler's first error about a class that is not completed be the only one.</summary>
    /// <exception cref="PeftException">PEFT001: always.</exception>
    [EditorBrowsable(EditorBrowsableState.Never)]
    protected RobertaForSequenceClassification()
        : this(Incomplete<BertConfig>())
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

    /// <summary>The model without the head.</summary>
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

    /// <summary>The positions that text can have: the padding id and those before it are taken.</summary>
    public override int? PositionCount => Config.MaxPositions - (Config.PadTokenId ?? DefaultPadId) - 1;

    /// <inheritdoc/>
    protected override CheckpointNames CheckpointNames => Names;

    /// <summary>
    /// Computes positions that skip padding. The first position is the padding id plus one; padding has the position of the padding id. With virtual tokens,
    /// the positions are consecutive, as in the reference library, which then receives vectors instead of ids.
    /// </summary>
    protected override Tensor Positions(Tensor inputIds, int virtualTokens, int first)
    {
        long padding = _config.PadTokenId ?? DefaultPadId;
        if (virtualTokens > 0)
        {
            return base.Positions(inputIds, virtualTokens, first).add(Scalars.Of(padding + 1), Scalars.One);
        }

        Tensor counts = inputIds.ne(Scalars.Of(padding)).to(ScalarType.Int64);
        return ((counts.cumsum(1).add(Scalars.Of(first), Scalars.One)) * counts).add(Scalars.Of(padding), Scalars.One);
    }

    /// <inheritdoc/>
    protected override Tensor Classify(Tensor hidden) => classifier.Forward(hidden);
}
