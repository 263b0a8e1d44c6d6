using Peft.Declarative.Adapters;
using Peft.Declarative.Declaration;
using Peft.Declarative.Slots;
using Peft.Declarative.Targeting;
using static TorchSharp.torch;

namespace Peft.Declarative.Methods.SparseMask;

/// <summary>Sparse masks at run time: reads their files and attaches them by their config.</summary>
internal sealed class SparseMaskMethod : LayerMethod<SparseMaskConfig>
{
    public override MethodFacts Facts => SparseMaskFacts.Method;

    public override string PeftType => SparseMaskFacts.Method.PeftType;

    public override AdapterConfig Read(ConfigJson file) => SparseMaskConfig.Read(file);

    private protected override Func<nn.Module<Tensor, Tensor>, TargetLayer, AdapterLayer> CreateLayers(
        nn.Module model, string adapter, SparseMaskConfig config, IReadOnlyList<(LayerSlot Slot, TargetLayer Target)> targets) =>
        (frozen, target) =>
            config.Source is not null ? SparseLinear.WithRoom(frozen, adapter, config.EntriesOf(target.Path))
            : config.Choice == MaskChoice.Magnitude ? new SparseLinear(frozen, adapter, config.Density)
            : new SparseLinear(frozen, adapter);
}
