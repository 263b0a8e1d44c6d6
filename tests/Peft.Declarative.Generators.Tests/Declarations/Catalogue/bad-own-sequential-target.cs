// expect: PEFT* at "net.0"
using Peft.Declarative;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;
[Lora(rank: 4, Targets = ["net.0"])]
public sealed partial class Tiny : Module<Tensor, Tensor>
{
    private readonly Module<Tensor, Tensor> embed = Embedding(64, 32), head = Linear(32, 64);
    private readonly TorchSharp.Modules.Sequential net = Sequential(("0", Linear(32, 32)));
    public Tiny() : base(nameof(Tiny)) => RegisterComponents();
    public override Tensor forward(Tensor ids) => head.call(net.call(embed.call(ids)));
}
