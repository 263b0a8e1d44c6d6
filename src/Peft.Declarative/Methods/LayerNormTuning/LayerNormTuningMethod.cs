using Peft.Declarative.Adapters;
using Peft.Declarative.Declaration;
using Peft.Declarative.Slots;
using Peft.Declarative.Targeting;
using static TorchSharp.torch;

namespace Peft.Declarative.Methods.LayerNormTuning;

/// <summary>Layer-norm tuning at run time: reads its files and attaches it by its config.</summary>
internal sealed class LayerNormTuningMethod : LayerMethod<LayerNormTuningConfig>
{
    public override MethodFacts Facts => LayerNormTuningFacts.Method;

    public override string PeftType => LayerNormTuningFacts.Method.PeftType;

    public override AdapterConfig Read(ConfigJson file) => file.Layers(new LayerNormTuningConfig());

    private protected override Func<nn.Module<Tensor, Tensor>, TargetLayer, AdapterLayer> CreateLayers(
        nn.Module model, string adapter, LayerNormTuningConfig config, IReadOnlyList<(LayerSlot Slot, TargetLayer Target)> targets) =>
        (frozen, _) => new TunedNorm(frozen, adapter);
}
