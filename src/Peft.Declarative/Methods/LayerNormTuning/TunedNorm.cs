using Peft.Declarative.Adapters;
using Peft.Declarative.Slots;
using Peft.Declarative.Targeting;
using static TorchSharp.torch;

namespace Peft.Declarative.Methods.LayerNormTuning;

/// <summary>A normalisation of which an adapter trains its own copy.</summary>
/// <param name="frozen">The norm, or another adapter around it.</param>
/// <param name="adapter">Name of the adapter.</param>
public class TunedNorm(nn.Module<Tensor, Tensor> frozen, string adapter) : ModuleToSave(frozen, adapter, AdapterKeys.Model, LayerKinds.Norms)
{
    internal override bool IsTarget => true;

    /// <inheritdoc/>
    public override IEnumerable<AdapterTensor> TensorsAt(string path) => base.TensorsAt($"{path}.ln_tuning_layers");
}
