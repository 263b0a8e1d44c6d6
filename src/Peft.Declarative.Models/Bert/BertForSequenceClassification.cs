using Peft.Declarative.BaseModels;
using Peft.Declarative.Layers;
using static TorchSharp.torch;

namespace Peft.Declarative.Models;

/// <summary>BERT with a head that puts texts into classes. Devlin et al. 2018, arXiv 1810.04805.</summary>
[DefaultTargets("query", "value")]
[DefaultTargets("key", "value", "output.dense", For = "Ia3")]
[DefaultTargets("output.dense", For = "Ia3.FeedForward")]
[DefaultTargets("LayerNorm", For = "LayerNormTuning")]
[TrainedHead("classifier")]
public class BertForSequenceClassification : BertClassifier
{
    // The heads of pretraining, and the names that the first checkpoints had.
    private static readonly CheckpointNames Names = new()
    {
        Spellings = [("LayerNorm.weight", "LayerNorm.gamma"), ("LayerNorm.bias", "LayerNorm.beta")],
        UnusedBeginnings = ["cls."],
        Drawn = [nameof(classifier)],
    };

    private readonly BertConfig _config;
    private readonly BertModel _model;
    private nn.Module<Tensor, Tensor> _head;

    /// <summary>Makes a model without weights; a checkpoint or an initialisation fills it.</summary>
    /// <param name="config">Sizes and settings.</param>
    protected BertForSequenceClassification(BertConfig config)
        : this(config, new BertModel(config))
    {
    }

    private BertForSequenceClassification(BertConfig config, BertModel backbone)
        : base(config, backbone)
    {
        _config = config;
        _model = backbone;
        register_module(nameof(bert), _model);
        _head = new Linear(config.HiddenSize, config.ClassNames.Count, hasBias: true, LayerKind.Head);
        register_module(nameof(classifier), _head);
    }

    /// <summary>Everything below the head.</summary>
    public BertModel bert => _model;

    /// <summary>The summed-up text to logits.</summary>
    [Slot("num_labels", "hidden_size", Kind = LayerKind.Head, Bias = "true")]
    public nn.Module<Tensor, Tensor> classifier
    {
        get => _head;
        set => Fill(ref _head, value);
    }

    /// <summary>
    /// Reads a Hugging Face model directory. A base that was only pretrained has no classifier: it is drawn, and trained and saved with every
    /// adapter; see <see cref="PretrainedModel.DrawnLayers"/>.
    /// </summary>
    /// <param name="directory">Directory with config.json and the weights, in one file or in shards.</param>
    /// <param name="device">Where the weights go; the CPU unless set, where they stay mapped from the file.</param>
    /// <exception cref="PeftException">The directory is missing, damaged, or holds another family; every problem is listed.</exception>
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
        _head.call(Dropout.Apply(_model.pooler.Forward(hidden), _config.HeadDropout, training));
}
