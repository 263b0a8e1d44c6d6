using System.ComponentModel;
using Peft.Declarative.BaseModels;
using Peft.Declarative.Layers;

namespace Peft.Declarative.Models;

/// <summary>BERT with a sequence classification head. Devlin et al. 2018, arXiv 1810.04805.</summary>
[ModelTypes("bert")]
[DefaultTargets("query", "value")]
[DefaultTargets("key", "value", "output.dense", Group = TargetGroup.Rescaled)]
[DefaultTargets("output.dense", Group = TargetGroup.FeedForward)]
[DefaultTargets("LayerNorm", Group = TargetGroup.Norms)]
[TrainedHead("classifier")]
public class BertForSequenceClassification : BertClassifier
{
    // The heads of pretraining, and the spellings of the first checkpoints.
    private static readonly CheckpointNames Names = new()
    {
        Spellings = [("LayerNorm.weight", "LayerNorm.gamma"), ("LayerNorm.bias", "LayerNorm.beta")],
        UnusedBeginnings = ["cls."],
        Drawn = [nameof(classifier)],
    };

    private readonly BertConfig _config;
    private readonly BertModel _model;

    /// <summary>Creates a model without weights, which a checkpoint or an initialization assigns.</summary>
    /// <param name="config">The sizes and settings.</param>
    protected BertForSequenceClassification(BertConfig config)
        : this(config, new BertModel(config))
    {
    }

    /// <summary>Lets the compiler's first error about a class that is not completed be the only one.</summary>
    /// <exception cref="PeftException">PEFT001: always.</exception>
    [EditorBrowsable(EditorBrowsableState.Never)]
    protected BertForSequenceClassification()
        : this(Incomplete<BertConfig>())
    {
    }

    private BertForSequenceClassification(BertConfig config, BertModel backbone)
        : base(config, backbone)
    {
        _config = config;
        _model = backbone;
        register_module(nameof(bert), _model);
        classifier = new Linear(config.HiddenSize, config.ClassNames.Count, hasBias: true, LayerKind.Head);
    }

    /// <summary>The model without the head.</summary>
    public BertModel bert => _model;

    /// <summary>The classification head [classes, hidden].</summary>
    [Slot("num_labels", "hidden_size", Kind = LayerKind.Head, Bias = "true")]
    public nn.Module<Tensor, Tensor> classifier { get; set => Fill(ref field, value); }

    /// <summary>
    /// Loads a Hugging Face model directory. If the base model was only pretrained, its classification head is initialized randomly, and every adapter trains
    /// and saves it; see <see cref="PretrainedModel.DrawnLayers"/>.
    /// </summary>
    /// <param name="directory">A directory with config.json and the weights, in one file or in shards.</param>
    /// <param name="device">The device for the weights. The default is the CPU, where they remain mapped from the file.</param>
    /// <exception cref="PeftException">The directory is missing, damaged, or contains a model of another family. The message lists every problem.</exception>
    public static BertForSequenceClassification FromPretrained(string directory, Device? device = null)
    {
        var model = new BertForSequenceClassification(BertConfig.Load(directory));
        model.LoadWeights(directory, device);
        return model;
    }

    /// <inheritdoc cref="LlamaForCausalLM.FromConfig"/>
    public static BertForSequenceClassification FromConfig(BertConfig config, Device? device = null, int seed = 0)
    {
        var model = new BertForSequenceClassification(config);
        model.InitializeWeights(device, seed);
        return model;
    }

    /// <inheritdoc/>
    protected override CheckpointNames CheckpointNames => Names;

    /// <inheritdoc/>
    protected override Tensor Classify(Tensor hidden) =>
        classifier.call(Dropout.Apply(_model.pooler.Forward(hidden), _config.HeadDropout, training));
}
