using Peft.Declarative.Adapters;
using Peft.Declarative.Declaration;
using Peft.Declarative.Slots;
using Peft.Declarative.Targeting;
using Peft.Declarative.Text.Errors;
using static TorchSharp.torch;

namespace Peft.Declarative.Methods.Poly;

/// <summary>Polytropon at run time: reads its files and attaches it by its config.</summary>
internal sealed class PolyMethod : LayerMethod<PolyConfig>
{
    public override MethodFacts Facts => PolyFacts.Method;

    public override string PeftType => PolyFacts.Method.PeftType;

    public override AdapterConfig Read(ConfigJson file) => PolyConfig.Read(file);

    private protected override Func<nn.Module<Tensor, Tensor>, TargetLayer, AdapterLayer> CreateLayers(
        nn.Module model, string adapter, PolyConfig config, IReadOnlyList<(LayerSlot Slot, TargetLayer Target)> targets) =>
        PolyFacts.Undivided(targets.Select(target => target.Target), config.Splits) is { } layer
            ? throw new PeftException(RuleIds.OutOfRange, PolyFacts.SplitsDoNotDivide(model.GetType().Name, layer, config.Splits))
            : (frozen, _) => new PolyLinear(frozen, adapter, config.Rank, config.Tasks, config.Skills, config.Splits, config.Init);
}
