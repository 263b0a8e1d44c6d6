using Peft.Declarative.Adapters;
using Peft.Declarative.BaseModels;
using Peft.Declarative.Checkpoints;
using Peft.Declarative.Layers;
using Peft.Declarative.Native;
using Peft.Declarative.Slots;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Peft.Declarative;

// Loading and initializing the base weights. Both happen before any adapter is added.
public abstract partial class PretrainedModel
{
    private ModelDirectory? _files;

    /// <summary>The directory from which the weights were loaded; <see langword="null"/> for a model with randomly initialized weights.</summary>
    public string? Directory { get; private set; }

    /// <summary>
    /// The layers that the files do not contain and that were initialized randomly, such as the head of a classifier whose base model was only pretrained.
    /// The outputs of the model are meaningless until an adapter that includes the head is trained or loaded.
    /// </summary>
    public IReadOnlyList<string> DrawnLayers { get; private set; } = [];

    /// <summary>Loads the weights from a directory. On the CPU, the weights remain mapped from the file, in the types of the file.</summary>
    /// <param name="directory">A directory with model.safetensors, or with an index and shards.</param>
    /// <param name="device">The device for the weights. The default is the CPU.</param>
    /// <exception cref="PeftException">PEFT512: tensors are missing, unexpected or of another shape. The message lists all of them.</exception>
    protected void LoadWeights(string directory, Device? device = null)
    {
        Device = device ?? CPU;
        Directory = directory;
        _provenance = null;
        ModelDirectory files = ModelDirectory.Open(directory);
        try
        {
            var loader = new WeightLoader(files, CheckpointNames, Device, _dequantizer, _quantizer, QuantizationJson.OutlierThreshold(directory));
            IReadOnlyList<LayerSlot> missing = loader.Fill(SlotTree.Layers(this), directory);
            Draw(missing);
            files.CheckLengths();
            DrawnLayers = [.. missing.Select(slot => slot.Path)];
        }
        catch
        {
            Dispose();   // the caller does not get the model
            files.Dispose();
            throw;
        }

        _files = files;   // whose weights are born frozen
    }

    /// <summary>
    /// Initializes the weights randomly: from a normal distribution with the standard deviation of <see cref="StandardDeviation"/>, with ones for norms and
    /// zeros for biases.
    /// </summary>
    /// <param name="device">The device for the weights. The default is the CPU.</param>
    /// <param name="seed">The random seed. The default is 0.</param>
    protected void InitializeWeights(Device? device = null, int seed = 0)
    {
        Device = device ?? CPU;
        random.manual_seed(seed);
        Draw(SlotTree.Layers(this));
    }

    /// <summary>The differences between the tensor names in this family's files and the names of its modules. There are none by default.</summary>
    protected virtual CheckpointNames CheckpointNames { get; } = new();

    /// <summary>The standard deviation for the random initialization of a weight. The default is <see cref="ModelConfig.InitializerRange"/>.</summary>
    /// <param name="path">The checkpoint name of the layer.</param>
    /// <param name="layer">The layer.</param>
    protected virtual double StandardDeviation(string path, WeightLayer layer) => Config.InitializerRange;

    /// <inheritdoc/>
    /// <exception cref="PeftException">PEFT707: another thread trains the model, or the call comes from within a computation.</exception>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            ModelUse.Of(this).Dispose();   // waits for a computation of another thread
        }

        base.Dispose(disposing);
        if (disposing)
        {
            _dequantizer.Dispose();
            _files?.Dispose();   // after the tensors that are views into it
            _files = null;
        }
    }

    private void Draw(IEnumerable<LayerSlot> slots)
    {
        using IDisposable untracked = no_grad();
        foreach ((string path, WeightLayer layer) in slots.Where(slot => slot.Base is not null).Select(slot => (slot.Path, slot.Base!)))
        {
            if (layer.OwnsWeight)
            {
                layer.weight = Store(layer.Kind == LayerKind.Norm
                    ? ones(layer.weight.shape, device: Device)
                    : randn(layer.weight.shape, device: Device).mul_(Scalars.Of(StandardDeviation(path, layer))));
                _quantizer?.Quantize(path, layer, Device);
            }

            if (layer.bias is { } bias)
            {
                layer.bias = Store(zeros(bias.shape, device: Device));
            }
        }
    }

    private static Parameter Store(Tensor values)
    {
        var parameter = new Parameter(values, requires_grad: false);
        return (Parameter)parameter.DetachFromDisposeScope();
    }
}
