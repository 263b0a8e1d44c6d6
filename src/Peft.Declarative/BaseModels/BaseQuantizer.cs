using Peft.Declarative.Adapters;
using Peft.Declarative.Layers;
using Peft.Declarative.Quantization;
using Peft.Declarative.Slots;
using Peft.Declarative.Targeting;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Peft.Declarative.BaseModels;

/// <summary>Puts the linear layers of a base into 4 bits, all but the heads and those that are excluded.</summary>
internal sealed class BaseQuantizer
{
    private readonly QuantizationSettings _settings;
    private readonly Dequantizer _dequantizer;
    private readonly HashSet<string> _paths;

    /// <exception cref="PeftException">PEFT202: a block size that kernels do not know. PEFT101: an excluded layer that is not there.</exception>
    internal BaseQuantizer(PretrainedModel model, QuantizationSettings settings, Dequantizer dequantizer)
    {
        settings.Check(model.GetType().Name);
        _settings = settings;
        _dequantizer = dequantizer;
        TargetQuery query = QuantizedLayers.Query(settings.Exclude, TrainedHeads.Of(model));
        TargetSelection selection = LayerSelection.Select(model, QuantizedLayers.Attribute, query, [.. SlotTree.Layers(model)]);
        _paths = [.. selection.Adapted.Select(selected => selected.Layer.Path)];
    }

    /// <summary>Whether a layer is stored in 4 bits.</summary>
    internal bool Takes(string path) => _paths.Contains(path);

    /// <summary>Quantises the weight that a layer has now, if the layer is one of those; the former weight is freed.</summary>
    internal void Quantize(string path, WeightLayer layer, Device device)
    {
        if (!Takes(path) || !layer.OwnsWeight || layer.Quantized is not null || layer.weight.device_type == DeviceType.META)
        {
            return;
        }

        Parameter former = layer.weight;
        layer.StoreQuantized(QuantizedTensor.Quantize(former, _settings, device), _dequantizer);
        former.Dispose();
    }
}
