using Peft.Declarative.Adapters;
using Peft.Declarative.Checkpoints;
using Peft.Declarative.Layers;
using Peft.Declarative.Native;
using Peft.Declarative.Quantization;
using Peft.Declarative.Slots;
using Peft.Declarative.Targeting;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Peft.Declarative.BaseModels;

/// <summary>Quantizes the linear layers of a base model to 4 or 8 bits, except output heads and excluded layers.</summary>
internal sealed class BaseQuantizer
{
    private readonly QuantizationSettings _settings;
    private readonly Dequantizer _dequantizer;
    private readonly HashSet<string> _paths;
    private readonly bool _keepsOriginals;

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

    /// <summary>Quantizes named layers, and keeps their weights for an initialization that makes up for the rounding.</summary>
    internal BaseQuantizer(IEnumerable<string> paths, QuantizationSettings settings, Dequantizer dequantizer)
    {
        _settings = settings;
        _dequantizer = dequantizer;
        _paths = [.. paths];
        _keepsOriginals = true;
    }

    /// <summary>Determines whether a layer is to be quantized.</summary>
    internal bool Takes(string path) => _paths.Contains(path);

    /// <summary>
    /// Quantizes the current weight of a layer, if the layer is to be quantized. The previous weight is disposed, unless it is a view of a file: that needs no
    /// memory.
    /// </summary>
    /// <param name="path">The checkpoint name of the layer.</param>
    /// <param name="layer">The layer.</param>
    /// <param name="device">The device for the codes.</param>
    /// <param name="files">The files of which the weight can be a view; its pages are released.</param>
    internal unsafe void Quantize(string path, WeightLayer layer, Device device, ModelDirectory? files = null)
    {
        if (!Takes(path) || !layer.OwnsWeight || layer.Quantized is not null || layer.BaseWeight.device_type == DeviceType.META)
        {
            return;
        }

        Parameter former = layer.BaseWeight;
        bool here = former.device_type == DeviceType.CPU && former.numel() > 0 && former.is_contiguous();   // as views of files are
        void* start = here ? RawTensor.Address(former) : null;
        long length = former.numel() * former.ElementSize;
        bool turned = layer.Kind == LayerKind.Conv1D && _settings.Type == QuantizationType.Int8;   // a scale for each output
        using DisposeScope scope = NewDisposeScope();
        QuantizedTensor stored = QuantizedTensor.Quantize(turned ? former.t() : former, _settings, device);
        bool mapped = here && files?.IsMapped(start) == true;
        bool kept = mapped || _keepsOriginals;
        layer.StoreQuantized(stored, _dequantizer, kept ? former : null, mapped);
        if (!kept)
        {
            former.Dispose();
        }

        if (here)
        {
            files?.ReleasePages(start, length);
        }
    }
}
