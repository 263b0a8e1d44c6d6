using Peft.Declarative.Adapters;
using Peft.Declarative.Declaration;
using Peft.Declarative.Slots;
using Peft.Declarative.Targeting;
using static TorchSharp.torch;

namespace Peft.Declarative.Methods.AdaLora;

/// <summary>AdaLoRA at run time: reads its files and attaches it by its config.</summary>
internal sealed class AdaLoraMethod : LayerMethod<AdaLoraConfig>
{
    public override MethodFacts Facts => AdaLoraFacts.Method;

    public override string PeftType => AdaLoraFacts.Method.PeftType;

    public override AdapterConfig Read(ConfigJson file) => file.Json["trainable_token_indices"] is { } tokens
        ? throw MethodCatalog.Unsupported(file.Source, $"'trainable_token_indices' to {tokens.ToJsonString()}")
        : AdaLoraConfigFile.Read(file);

    private protected override Func<nn.Module<Tensor, Tensor>, TargetLayer, AdapterLayer> CreateLayers(
        nn.Module model, string adapter, AdaLoraConfig config, IReadOnlyList<(LayerSlot Slot, TargetLayer Target)> targets) =>
        (frozen, target) => new AdaLoraLinear(
            frozen, adapter, config.InitialRank, config.EffectiveAlpha, config.Dropout, config.RankPattern?.GetValueOrDefault(target.Path));
}
