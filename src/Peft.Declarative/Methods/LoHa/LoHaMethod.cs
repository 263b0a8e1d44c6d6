using Peft.Declarative.Adapters;
using Peft.Declarative.Declaration;
using Peft.Declarative.Slots;
using static TorchSharp.torch;

namespace Peft.Declarative.Methods.LoHa;

/// <summary>Low-rank adaptation by a Hadamard product at run time: reads its files and attaches it by its config.</summary>
internal sealed class LoHaMethod : LycorisMethod<LoHaConfig>
{
    public override MethodFacts Facts => LoHaFacts.Method;

    public override AdapterConfig Read(ConfigJson file) => LoHaConfig.Read(file);

    private protected override AdapterLayer Layer(nn.Module<Tensor, Tensor> frozen, string adapter, int rank, double scaling, LoHaConfig config) =>
        new LoHaLinear(frozen, adapter, rank, scaling, config.RankDropout, config.ModuleDropout, config.Init);
}
