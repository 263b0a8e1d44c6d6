using Peft.Declarative.Adapters;
using Peft.Declarative.Declaration;
using Peft.Declarative.Methods.Lora;
using Peft.Declarative.Slots;
using Peft.Declarative.Targeting;
using static TorchSharp.torch;

namespace Peft.Declarative.Methods.Dora;

/// <summary>
/// Weight-decomposed low-rank adaptation at run time: reads its files and attaches it by its config. In the reference library, it is an option of
/// LoRA.
/// </summary>
internal sealed class DoraMethod : LoraMethod
{
    public override MethodFacts Facts => DoraFacts.Method;

    public override Type ConfigType => typeof(DoraConfig);

    private protected override LoraConfig Empty => new DoraConfig();

    public override bool Reads(ConfigJson file) => file.Text("peft_type") == PeftType && file.Flag("use_dora");

    public override bool HasAdapterHubFiles => false;

    private protected override AdapterLayer Layer(
        nn.Module<Tensor, Tensor> frozen, TargetLayer target, string adapter, int rank, double scaling, LoraConfig config) =>
        target.Kind == LayerKind.Embedding
            ? new DoraEmbedding(frozen, adapter, rank, scaling, config.Init)
            : new DoraLinear(frozen, adapter, rank, scaling, config.Dropout, Start(config, frozen), config.LoftQIterations);
}
