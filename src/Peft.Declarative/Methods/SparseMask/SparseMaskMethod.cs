using Peft.Declarative.Adapters;
using Peft.Declarative.Declaration;
using Peft.Declarative.Slots;
using Peft.Declarative.Targeting;
using static TorchSharp.torch;

namespace Peft.Declarative.Methods.SparseMask;

/// <summary>Fixed sparse masks, read from files and attached by config.</summary>
internal sealed class SparseMaskMethod : LayerMethod<SparseMaskConfig>
{
    public override MethodFacts Facts => SparseMaskFacts.Method;

    public override string PeftType => "SPARSE_MASK";

    public override AdapterConfig Read(ConfigJson file) => SparseMaskConfig.Read(file);

    private protected override Func<nn.Module<Tensor, Tensor>, TargetLayer, AdapterLayer> Around(
        nn.Module model, string adapter, SparseMaskConfig config, IReadOnlyList<(LayerSlot Place, TargetLayer Target)> targets) =>
        (frozen, target) =>
            config.Source is not null ? SparseLinear.WithRoom(frozen, adapter, config.EntriesOf(target.Path))
            : config.Choice == MaskChoice.Magnitude ? new SparseLinear(frozen, adapter, config.Density)
            : new SparseLinear(frozen, adapter);
}
