using Peft.Declarative.BaseModels;
using Peft.Declarative.Checkpoints;
using Peft.Declarative.Layers;
using Peft.Declarative.Slots;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Peft.Declarative;

// Where the base's weights come from. Both ways run before any adapter is added.
public abstract partial class PretrainedModel
{
    private ModelDirectory? _files;

    /// <summary>The directory that the weights were read from; null for a model with drawn weights.</summary>
    public string? Directory { get; private set; }

    /// <summary>
    /// Layers that the files lack and that were drawn instead: the head of a classifier whose base was only pretrained. Its outputs mean nothing
    /// until an adapter that holds the head is trained or loaded.
    /// </summary>
    public IReadOnlyList<string> DrawnLayers { get; private set; } = [];

    /// <summary>Fills the model from a directory. On the CPU the weights stay mapped from the file, in the file's types.</summary>
    /// <param name="directory">Directory with model.safetensors, or with an index and shards.</param>
    /// <param name="device">Where the weights go; the CPU unless set.</param>
    /// <exception cref="PeftException">PEFT512: tensors are missing, left over or of another shape; all are listed.</exception>
    protected void LoadWeights(string directory, Device? device = null)
    {
        Device = device ?? CPU;
        Directory = directory;
        _provenance = null;
        ModelDirectory files = ModelDirectory.Open(directory);
        try
        {
            var loader = new WeightLoader(files, CheckpointNames, Device, _dequantizer, _quantizer);
            IReadOnlyList<LayerSlot> missing = loader.Fill(SlotTree.Layers(this), directory);
            Draw(missing);
            DrawnLayers = [.. missing.Select(place => place.Path)];
        }
        catch
        {
            Dispose();   // nobody has it yet, and nobody will
            files.Dispose();
            throw;
        }

        _files = files;   // whose weights are born frozen
    }

    /// <summary>Fills the model with freshly drawn weights: normal with the config's deviation, norms one, biases zero.</summary>
    /// <param name="device">Where the weights go; the CPU unless set.</param>
    /// <param name="seed">Seed of the draw.</param>
    protected void InitializeWeights(Device? device = null, int seed = 0)
    {
        Device = device ?? CPU;
        random.manual_seed(seed);
        Draw(SlotTree.Layers(this));
    }

    /// <summary>How the names in this family's files may differ from those of its modules.</summary>
    protected virtual CheckpointNames CheckpointNames { get; } = new();

    /// <summary>Standard deviation of a freshly drawn weight; the config's unless the family draws layers apart.</summary>
    /// <param name="path">Checkpoint name of the layer.</param>
    /// <param name="layer">The layer.</param>
    protected virtual double StandardDeviation(string path, WeightLayer layer) => Config.InitializerRange;

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        if (disposing)
        {
            _dequantizer.Dispose();
            _files?.Dispose();   // after the tensors that look into it
            _files = null;
        }
    }

    private void Draw(IEnumerable<LayerSlot> places)
    {
        using IDisposable untracked = no_grad();
        foreach ((string path, WeightLayer layer) in places.Where(place => place.Base is not null).Select(place => (place.Path, place.Base!)))
        {
            if (layer.OwnsWeight)
            {
                layer.weight = Store(layer.Kind == LayerKind.Norm
                    ? ones(layer.weight.shape, device: Device)
                    : randn(layer.weight.shape, device: Device).mul_(StandardDeviation(path, layer)));
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
