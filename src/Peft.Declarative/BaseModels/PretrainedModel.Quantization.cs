using Peft.Declarative.BaseModels;
using Peft.Declarative.Layers;
using Peft.Declarative.Quantization;
using Peft.Declarative.Slots;
using Peft.Declarative.Text.Errors;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Peft.Declarative;

// The base in 4 bits, under the adapters.
public abstract partial class PretrainedModel
{
    private readonly Dequantizer _dequantizer = new();
    private BaseQuantizer? _quantizer;

    /// <summary>
    /// Stores the weights of linear layers in 4 bits; embeddings, output heads, norms, biases and adapters stay as they are. Called before the weights
    /// are read it quantises them as they come, one by one, so that the dense model is never in memory; afterwards it quantises those there are.
    /// Training over such a base is QLoRA: Dettmers et al. 2023, arXiv 2305.14314.
    /// </summary>
    /// <param name="settings">Type, block size, double quantisation, and layers to leave out.</param>
    /// <exception cref="PeftException">
    /// PEFT101: an excluded layer does not exist. PEFT202: the block size is none that kernels know. PEFT306: an adapter is merged; unmerge it first.
    /// </exception>
    public void Quantize(QuantizationSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        RefuseMerged("be quantised");
        _quantizer = new BaseQuantizer(this, settings, _dequantizer);
        foreach (LayerSlot place in SlotTree.Layers(this).Where(place => place.Base is not null))
        {
            _quantizer.Quantize(place.Path, place.Base!, Device);
            _files?.ReleasePages();
        }
    }

    /// <summary>Gives layers of 4 bits dense weights again, in the type they had before. What quantisation rounded off stays lost.</summary>
    /// <exception cref="PeftException">PEFT306: an adapter is merged; unmerge it first.</exception>
    public void Dequantize()
    {
        RefuseMerged("be dequantised");
        _quantizer = null;
        foreach (WeightLayer layer in SlotTree.Layers(this).Select(place => place.Base).OfType<WeightLayer>())
        {
            if (layer.Quantized is { } store)
            {
                layer.weight = Store(store.Weight.Dequantize());
                store.Weight.Dispose();
            }
        }
    }

    private void RefuseMerged(string what)
    {
        if (Adapters.Any(adapter => adapter.IsMerged))
        {
            throw new PeftException(RuleIds.CannotMerge,
                $"The base of '{GetType().Name}' cannot {what} while an adapter is merged into it. Call Unmerge first.");
        }
    }
}
