using Peft.Declarative.Adapters;
using Peft.Declarative.Layers;
using Peft.Declarative.Native;
using Peft.Declarative.Slots;
using static TorchSharp.torch;

namespace Peft.Declarative;

public abstract partial class PretrainedModel
{
    private bool _keepsBFloat16;

    /// <summary>
    /// Sets the type of the base weights. On GPUs, bfloat16 is also the type of the computation. On CPUs, bfloat16 halves the memory of the weights; products
    /// with them are computed in bfloat16 if the processor has instructions for it and a short measurement finds it faster, and in float32 otherwise.
    /// Adapters, norms, attention, the loss and all sums are float32 on CPUs; what training keeps of their inputs for the backward pass is bfloat16.
    /// </summary>
    /// <param name="precision">The type. Switching back to float32 does not restore rounded digits.</param>
    /// <exception cref="PeftException">PEFT306: an adapter is merged and would be rounded with the base weights. Unmerge it first.</exception>
    public void Use(Precision precision)
    {
        using ModelUse.Use change = Adapters.Use.ChangeWeights("change its precision");
        Adapters.RefuseWhileMerged("change its precision");
        ScalarType type = precision == Precision.BFloat16 ? ScalarType.BFloat16 : ScalarType.Float32;
        ComputeType = Device.type == DeviceType.CUDA ? type : ScalarType.Float32;
        _keepsBFloat16 = type == ScalarType.BFloat16;
        foreach (WeightLayer layer in SlotTree.Layers(this).Select(slot => slot.Base).OfType<WeightLayer>())
        {
            layer.MultipliesInBFloat16 = type == ScalarType.BFloat16;
            if (!layer.OwnsWeight)
            {
                continue;
            }

            // Norms and biases are small and the most sensitive to rounding, so they keep the type of the checkpoint.
            if (layer.Kind != LayerKind.Norm && layer.BaseWeight.dtype == ScalarType.Float32 && type != ScalarType.Float32)
            {
                TensorHandle.Move(layer.BaseWeight, type, device: null);
                _files?.ReleasePages();   // of the weight that was just converted
            }
        }
    }
}
