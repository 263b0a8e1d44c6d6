using Peft.Declarative.Adapters;
using Peft.Declarative.Declaration;
using Peft.Declarative.Slots;
using Peft.Declarative.Targeting;
using static TorchSharp.torch;

namespace Peft.Declarative.Methods.Vera;

/// <summary>Vector-based random matrix adaptation at run time: reads its files and attaches it by its config.</summary>
internal sealed class VeraMethod : LayerMethod<VeraConfig>
{
    public override MethodFacts Facts => VeraFacts.Method;

    public override string PeftType => VeraFacts.Method.PeftType;

    public override AdapterConfig Read(ConfigJson file)
    {
        VeraConfig config = VeraConfig.Read(file);
        return config.Rank > 0 ? config : throw file.Wrong("r", "at least 1");
    }

    /// <summary>Creates the projections of an adapter, as wide as the widest of its targets.</summary>
    internal static VeraProjections Projections(
        nn.Module model, VeraConfig config, IReadOnlyList<(LayerSlot Slot, TargetLayer Target)> targets) => VeraProjections.Draw(
        config.Rank,
        targets.Select(target => target.Target.Input).DefaultIfEmpty().Max(),
        targets.Select(target => target.Target.Output).DefaultIfEmpty().Max(),
        config.Seed,
        model.parameters().First().device);

    private protected override Func<nn.Module<Tensor, Tensor>, TargetLayer, AdapterLayer> CreateLayers(
        nn.Module model, string adapter, VeraConfig config, IReadOnlyList<(LayerSlot Slot, TargetLayer Target)> targets)
    {
        VeraProjections projections = Projections(model, config, targets);
        return (frozen, _) => new VeraLinear(frozen, adapter, projections, config.Start, config.Dropout);
    }
}
