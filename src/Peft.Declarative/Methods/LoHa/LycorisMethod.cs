using Peft.Declarative.Adapters;
using Peft.Declarative.Methods.Lora;
using Peft.Declarative.Slots;
using Peft.Declarative.Targeting;
using static TorchSharp.torch;

namespace Peft.Declarative.Methods.LoHa;

/// <summary>A method of LyCORIS at run time: each layer has a rank and an alpha of its own.</summary>
/// <typeparam name="TConfig">The type of its configs.</typeparam>
internal abstract class LycorisMethod<TConfig> : LayerMethod<TConfig>
    where TConfig : LycorisConfig
{
    public override string PeftType => Facts.PeftType;

    /// <summary>Creates the adapter layer of one target.</summary>
    private protected abstract AdapterLayer Layer(nn.Module<Tensor, Tensor> frozen, string adapter, int rank, double scaling, TConfig config);

    private protected override void Check(TConfig config, IReadOnlyList<TargetLayer> adapted, TargetProblems problems) =>
        config.Patterns.Check(adapted, problems);

    private protected override Func<nn.Module<Tensor, Tensor>, TargetLayer, AdapterLayer> CreateLayers(
        nn.Module model, string adapter, TConfig config, IReadOnlyList<(LayerSlot Slot, TargetLayer Target)> targets)
    {
        LowRankPatterns patterns = config.Patterns;
        return (frozen, target) =>
        {
            int rank = patterns.RankOf(target.Path);
            return Layer(frozen, adapter, rank, LoraDelta.Scaling(patterns.AlphaOf(target.Path), rank, rankStabilised: false), config);
        };
    }
}
