using Peft.Declarative.Adapters;
using Peft.Declarative.Layers;
using Peft.Declarative.Quantization;
using Peft.Declarative.Slots;
using Peft.Declarative.Targeting;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Peft.Declarative.BaseModels;

/// <summary>Quantizes the linear layers of a base model to 4 bits, except output heads and excluded layers.</summary>
internal sealed class BaseQuantizer
{
    private readonly QuantizationSettings _settings;
    private readonly Dequantizer _dequantizer;
    private readonly HashSet<string> _paths;

    /// <exception cref="PeftException">PEFT202: the block size is not supported. PEFT101: an excluded layer does not exist.</exception>
    internal BaseQuantizer(PretrainedModel model, QuantizationSettings settings, Dequantizer dequantizer)
    {
        settings.Check(model.GetType().Name);
        _settings = settings;
        _dequantizer = dequantizer;
        TargetQuery query = QuantizedLayers.Query(settings.Exclude, TrainedHeads.Of(model));
        TargetSelection selection = LayerSelection.Select(model, QuantizedLayers.Attribute, query, [.. SlotTree.Layers(model)]);
        _paths = [.. selection.Adapted.Select(layer => layer.Path)];
    }

    /// <summary>Determines whether a layer is to be quantized.</summary>
    internal bool Takes(string path) => _paths.Contains(path);

    /// <summary>Quantizes the current weight of a layer, if the layer is to be quantized, and disposes the previous weight.</summary>
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
