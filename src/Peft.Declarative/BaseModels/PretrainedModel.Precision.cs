using Peft.Declarative.Layers;
using Peft.Declarative.Slots;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Peft.Declarative;

public abstract partial class PretrainedModel
{
    /// <summary>
    /// Stores the base's weights in a type and computes in it where that is fast: bfloat16 on GPUs. On CPUs bfloat16 weights are only stored so,
    /// which halves their memory, and computed in float32, which is several times faster there. Adapters stay float32.
    /// </summary>
    /// <param name="precision">The type. Going back to float32 does not bring rounded digits back.</param>
    /// <exception cref="PeftException">PEFT306: an adapter is merged, and would be rounded with the base; unmerge it first.</exception>
    public void Use(Precision precision)
    {
        RefuseMerged("change its precision");
        ScalarType type = precision == Precision.BFloat16 ? ScalarType.BFloat16 : ScalarType.Float32;
        ComputeType = Device.type == DeviceType.CUDA ? type : ScalarType.Float32;
        foreach (WeightLayer layer in SlotTree.Layers(this).Select(place => place.Base).OfType<WeightLayer>().Where(layer => layer.OwnsWeight))
        {
            // Norms and biases are small and feel rounding most; they keep what the checkpoint gave them.
            if (layer.Kind != LayerKind.Norm && layer.weight.dtype == ScalarType.Float32 && type != ScalarType.Float32)
            {
                Parameter former = layer.weight;
                layer.weight = Stored(former, type);
                former.Dispose();
            }
        }
    }

    private static Parameter Stored(Parameter weight, ScalarType type)
    {
        using IDisposable untracked = no_grad();
        var stored = new Parameter(weight.detach().to(type), requires_grad: false);
        return (Parameter)stored.DetachFromDisposeScope();
    }
}
