using Peft.Declarative.Adapters;
using Peft.Declarative.Slots;
using Peft.Declarative.Targeting;
using static TorchSharp.torch;

namespace Peft.Declarative.Methods.LayerNormTuning;

/// <summary>A norm of which an adapter trains a copy.</summary>
/// <param name="frozen">The norm, or the layer of another adapter around it.</param>
/// <param name="adapter">The name of the adapter.</param>
public class TunedNorm(nn.Module<Tensor, Tensor> frozen, string adapter) : ModuleToSave(frozen, adapter, AdapterKeys.Model, LayerKinds.Norms)
{
    internal override bool IsTarget => true;

    /// <inheritdoc/>
    public override IEnumerable<AdapterTensor> TensorsAt(string path) => base.TensorsAt($"{path}.ln_tuning_layers");
}
