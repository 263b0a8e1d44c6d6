using Peft.Declarative.Checkpoints;
using Peft.Declarative.Layers;
using Peft.Declarative.Quantization;
using Peft.Declarative.Slots;
using Peft.Declarative.Text.Errors;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Peft.Declarative.BaseModels;

/// <summary>
/// Loads the layers of a model from a checkpoint. The match is strict: every tensor belongs to a layer, and every layer has its tensors. Tensors are moved
/// to the device or quantized one at a time, so that the host memory never contains the model twice.
/// </summary>
internal sealed class WeightLoader(
    ModelDirectory files, CheckpointNames names, Device device, Dequantizer dequantizer, BaseQuantizer? quantizer, double outlierThreshold)
{
    private readonly List<string> _problems = [];
    private readonly HashSet<string> _unused = [.. files.Names];
    private readonly List<Action> _assignments = [];

    /// <summary>Loads all layers. If there is a problem, no layer changes.</summary>
    /// <param name="layers">All layers of the model.</param>
    /// <param name="directory">The directory of the files, for messages.</param>
    /// <returns>The layers that the files do not contain and that are to be initialized randomly.</returns>
    /// <exception cref="PeftException">PEFT512: tensors are missing, unexpected or of another shape. The message lists all of them.</exception>
    internal IReadOnlyList<LayerSlot> Fill(IEnumerable<LayerSlot> layers, string directory)
    {
        List<LayerSlot> toDraw = [];
        foreach (LayerSlot slot in layers.Where(slot => slot.Base is not null))
        {
            if (names.MayBeDrawn(slot.Path) && Stored($"{slot.Path}.weight") is null && Stored($"{slot.Path}.bias") is null)
            {
                toDraw.Add(slot);
            }
            else
            {
                Find(slot.Path, slot.Base!);
            }
        }

        _unused.RemoveWhere(names.IsUnused);
        _problems.AddRange(_unused.Order(StringComparer.Ordinal).Select(name => $"'{name}' has no counterpart in the model"));
        if (_problems.Count > 0)
        {
            throw new PeftException(RuleIds.WeightsDoNotFit,
                $"The weights in '{directory}' do not fit its config.json: {ProblemList.Of(_problems)}. Use the files of one checkpoint.");
        }

        foreach (Action assign in _assignments)
        {
            assign();
            files.ReleasePages();
        }

        return toDraw;
    }

    private void Find(string path, WeightLayer layer)
    {
        if (!layer.OwnsWeight)
        {
            _unused.Remove($"{path}.weight");   // the file contains a copy of the weight of a tied head
        }
        else if (Stored($"{path}.weight") is { } name && QuantizedFiles.Has(files, name))
        {
            FindQuantized(name, layer);
        }
        else if (Find($"{path}.weight", layer.weight) is { } weight)
        {
            _assignments.Add(() =>
            {
                layer.weight = Load(weight, toDevice: quantizer?.Takes(path) != true);
                quantizer?.Quantize(path, layer, device, files);
            });
        }

        if (layer.bias is { } expected && Find($"{path}.bias", expected) is { } bias)
        {
            _assignments.Add(() => layer.bias = Load(bias, toDevice: true));
        }
    }

    // The file contains codes. They are kept, regardless of the quantization settings of the model.
    private void FindQuantized(string name, WeightLayer layer)
    {
        _unused.ExceptWith(QuantizedFiles.NamesOf(files, name));
        if (QuantizedFiles.Problem(files, name, layer.weight.shape, transposed: layer.Kind == LayerKind.Conv1D) is { } problem)
        {
            _problems.Add(problem);
            return;
        }

        _assignments.Add(() => layer.StoreQuantized(QuantizedFiles.Read(files, name, device, outlierThreshold), dequantizer));
    }

    private string? Find(string wanted, Tensor expected)
    {
        if (Stored(wanted) is not { } name)
        {
            _problems.Add($"'{wanted}' is missing");
            return null;
        }

        _unused.Remove(name);
        IReadOnlyList<long> shape = files.Entry(name).Shape;
        if (!shape.SequenceEqual(expected.shape))
        {
            _problems.Add($"'{name}' is [{string.Join(", ", shape)}], but should be [{string.Join(", ", expected.shape)}]");
            return null;
        }

        return name;
    }

    private string? Stored(string wanted) => names.Of(wanted).FirstOrDefault(files.Contains);

    private Parameter Load(string name, bool toDevice)
    {
        using IDisposable untracked = no_grad();
        Tensor view = files.Read(name);
        Tensor moved = device.type == DeviceType.CPU || !toDevice ? view : view.to(device);
        if (!ReferenceEquals(moved, view))
        {
            view.Dispose();
        }

        var parameter = new Parameter(moved, requires_grad: false);
        return (Parameter)parameter.DetachFromDisposeScope();
    }
}
