// expect: none
// adapts: embed, head
using Peft.Declarative;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;
public sealed partial class Tiny : Module<Tensor, Tensor>
{
    [Lora(rank: 4)] private Module<Tensor, Tensor> embed = Embedding(64, 32), head = Linear(32, 64);
    public Tiny() : base(nameof(Tiny)) => RegisterComponents();
    public override Tensor forward(Tensor ids) => head.call(embed.call(ids));
}
