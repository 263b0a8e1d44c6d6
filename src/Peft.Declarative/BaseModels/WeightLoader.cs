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
/// Fills a model's layers from a checkpoint, strictly: every tensor has a place and every place a tensor. One tensor after the other goes to the
/// device or into 4 bits, so that the model is never in host memory twice.
/// </summary>
internal sealed class WeightLoader(
    ModelDirectory files, CheckpointNames names, Device device, Dequantizer dequantizer, BaseQuantizer? quantizer)
{
    private readonly List<string> _problems = [];
    private readonly HashSet<string> _unused = [.. files.Names];
    private readonly List<Action> _assignments = [];

    /// <summary>Fills layers, all or none.</summary>
    /// <param name="layers">All layers of the model.</param>
    /// <param name="directory">Where the files are, for messages.</param>
    /// <returns>Layers for which the files have nothing and which may be drawn.</returns>
    /// <exception cref="PeftException">PEFT512: tensors are missing, left over or of another shape; all are listed.</exception>
    internal IReadOnlyList<LayerSlot> Fill(IEnumerable<LayerSlot> layers, string directory)
    {
        List<LayerSlot> toDraw = [];
        foreach (LayerSlot place in layers.Where(place => place.Base is not null))
        {
            if (names.MayBeDrawn(place.Path) && Stored($"{place.Path}.weight") is null && Stored($"{place.Path}.bias") is null)
            {
                toDraw.Add(place);
            }
            else
            {
                Find(place.Path, place.Base!);
            }
        }

        _unused.RemoveWhere(names.IsUnused);
        _problems.AddRange(_unused.Order(StringComparer.Ordinal).Select(name => $"'{name}' has no place in the model"));
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
            _unused.Remove($"{path}.weight");   // a tied head that the file stores all the same
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
                quantizer?.Quantize(path, layer, device);
            });
        }

        if (layer.bias is { } expected && Find($"{path}.bias", expected) is { } bias)
        {
            _assignments.Add(() => layer.bias = Load(bias, toDevice: true));
        }
    }

    // Stored in 4 bits already: what was quantised once stays as it is, whatever the model is told to do with the rest.
    private void FindQuantized(string name, WeightLayer layer)
    {
        _unused.ExceptWith(QuantizedFiles.NamesOf(files, name));
        if (QuantizedFiles.Problem(files, name, layer.weight.shape) is { } problem)
        {
            _problems.Add(problem);
            return;
        }

        _assignments.Add(() => layer.StoreQuantized(QuantizedFiles.Read(files, name, device), dequantizer));
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
        Tensor placed = device.type == DeviceType.CPU || !toDevice ? view : view.to(device);
        if (!ReferenceEquals(placed, view))
        {
            view.Dispose();
        }

        var parameter = new Parameter(placed, requires_grad: false);
        return (Parameter)parameter.DetachFromDisposeScope();
    }
}
