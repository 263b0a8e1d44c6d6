using Peft.Declarative.Adapters;
using Peft.Declarative.BaseModels;
using Peft.Declarative.Layers;
using Peft.Declarative.Quantization;
using Peft.Declarative.Slots;
using Peft.Declarative.Text.Errors;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Peft.Declarative;

// Quantization of the base weights.
public abstract partial class PretrainedModel
{
    private readonly Dequantizer _dequantizer = new();
    private BaseQuantizer? _quantizer;

    /// <summary>
    /// Stores the weights of linear layers in 4 or 8 bits. Embeddings, output heads, norms, biases and adapters do not change. If this method is called before
    /// the weights are read, each weight is quantized as it is read, so that the dense model is never in memory. Otherwise, the existing weights are
    /// quantized. Training adapters on such a base model is known as QLoRA: Dettmers et al. 2023, arXiv 2305.14314.
    /// </summary>
    /// <param name="settings">The data type, block size, double quantization, and excluded layers.</param>
    /// <exception cref="PeftException">
    /// PEFT101: an excluded layer does not exist. PEFT202: the block size is not supported, or the threshold is below 0. PEFT306: an adapter is merged; unmerge it first.
    /// </exception>
    /// <example>
    /// <code>
    /// model.Quantize(new QuantizationSettings { BlockSize = 128, Exclude = ["o_proj"] });
    /// </code>
    /// </example>
    public void Quantize(QuantizationSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        using ModelUse.Use change = Adapters.Use.ChangeWeights("be quantized");
        Adapters.RefuseWhileMerged("be quantized");
        _quantizer = new BaseQuantizer(this, settings, _dequantizer);
        foreach (LayerSlot slot in SlotTree.Layers(this).Where(slot => slot.Base is not null))
        {
            _quantizer.Quantize(slot.Path, slot.Base!, Device, _files);
        }
    }

    /// <summary>Stores some layers in 4 or 8 bits, so that LoftQ can start there. Layers that are stored so already are left alone.</summary>
    internal void QuantizeForLoftQ(IEnumerable<string> paths, QuantizationSettings settings)
    {
        Adapters.RefuseWhileMerged("be quantized");
        var quantizer = new BaseQuantizer(paths, settings, _dequantizer);
        foreach (LayerSlot slot in SlotTree.Layers(this).Where(slot => slot.Base is not null))
        {
            quantizer.Quantize(slot.Path, slot.Base!, Device, _files);
        }
    }

    /// <summary>Replaces quantized weights by dense weights of the type before quantization. The rounding of the quantization remains.</summary>
    /// <exception cref="PeftException">PEFT306: an adapter is merged; unmerge it first.</exception>
    public void Dequantize()
    {
        using ModelUse.Use change = Adapters.Use.ChangeWeights("be dequantized");
        Adapters.RefuseWhileMerged("be dequantized");
        _quantizer = null;
        foreach (WeightLayer layer in SlotTree.Layers(this).Select(slot => slot.Base).OfType<WeightLayer>())
        {
            if (layer.Quantized is { } store)
            {
                layer.weight = Store(store.Dense());
                store.Dispose();
            }
        }
    }
}
