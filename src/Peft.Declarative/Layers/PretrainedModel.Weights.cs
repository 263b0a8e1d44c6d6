using Peft.Declarative.Adapters;
using Peft.Declarative.Checkpoints;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Peft.Declarative.Layers;

// Where the base's weights come from. Both ways run before any adapter is added.
public abstract partial class PretrainedModel
{
    private ModelDirectory? _files;

    /// <summary>The directory that the weights were read from; null for a model with drawn weights.</summary>
    public string? Directory { get; private set; }

    /// <summary>Fills the model from a directory. On the CPU the weights stay mapped from the file, in the file's types.</summary>
    /// <param name="directory">Directory with model.safetensors, or with an index and shards.</param>
    /// <param name="device">Where the weights go; the CPU unless set.</param>
    /// <exception cref="PeftException">PEFT512: tensors are missing, left over or of another shape; all are listed.</exception>
    protected void LoadWeights(string directory, Device? device = null)
    {
        Device = device ?? CPU;
        Directory = directory;
        ModelDirectory files = ModelDirectory.Open(directory);
        try
        {
            WeightLoader.Fill(SlotTree.Layers(this), files, directory, Device);
        }
        catch
        {
            files.Dispose();
            throw;
        }

        _files = files;
        Base.Freeze(this);
    }

    /// <summary>Fills the model with freshly drawn weights: normal with the config's deviation, norms one, biases zero.</summary>
    /// <param name="device">Where the weights go; the CPU unless set.</param>
    /// <param name="seed">Seed of the draw.</param>
    protected void InitializeWeights(Device? device = null, int seed = 0)
    {
        Device = device ?? CPU;
        random.manual_seed(seed);
        using IDisposable untracked = no_grad();
        foreach (WeightLayer layer in SlotTree.Layers(this).Select(place => place.Base).OfType<WeightLayer>())
        {
            if (layer.OwnsWeight)
            {
                layer.weight = Fill(layer.weight, layer.Kind == LayerKind.Norm ? 1.0 : null);
            }

            if (layer.bias is { } bias)
            {
                layer.bias = Fill(bias, 0.0);
            }
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        if (disposing)
        {
            _files?.Dispose();   // after the tensors that look into it
            _files = null;
        }
    }

    private Parameter Fill(Parameter placeholder, double? constant)
    {
        Tensor values = constant is { } value
            ? full(placeholder.shape, value, device: Device)
            : randn(placeholder.shape, device: Device).mul_(Config.InitializerRange);
        var parameter = new Parameter(values, requires_grad: false);
        return (Parameter)parameter.DetachFromDisposeScope();
    }
}
