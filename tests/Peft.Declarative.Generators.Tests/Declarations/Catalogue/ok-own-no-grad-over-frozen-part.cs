// expect: none
// adapts: q
using Peft.Declarative;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;
public sealed partial class Tiny : Module<Tensor, Tensor>
{
    private readonly Module<Tensor, Tensor> embed = Embedding(64, 32), head = Linear(32, 64);
    [Lora(rank: 4)] private Module<Tensor, Tensor> q = Linear(32, 32);
    public Tiny() : base(nameof(Tiny)) => RegisterComponents();
    public override Tensor forward(Tensor ids) { Tensor x; using (no_grad()) x = embed.call(ids); return head.call(q.call(x)); }
}
