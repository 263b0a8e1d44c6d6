using Peft.Declarative.Adapters;
using Peft.Declarative.Declaration;
using Peft.Declarative.Methods.LoHa;
using Peft.Declarative.Slots;
using static TorchSharp.torch;

namespace Peft.Declarative.Methods.LoKr;

/// <summary>Low-rank adaptation by a Kronecker product at run time: reads its files and attaches it by its config.</summary>
internal sealed class LoKrMethod : LycorisMethod<LoKrConfig>
{
    public override MethodFacts Facts => LoKrFacts.Method;

    public override AdapterConfig Read(ConfigJson file) => LoKrConfig.Read(file);

    private protected override AdapterLayer Layer(nn.Module<Tensor, Tensor> frozen, string adapter, int rank, double scaling, LoKrConfig config) => new LoKrLinear(
        frozen,
        adapter,
        rank,
        scaling,
        config.DecomposeFactor,
        config.DecomposeBoth,
        config.RankDropout,
        config.RankDropoutScale,
        config.ModuleDropout,
        config.Init);
}
