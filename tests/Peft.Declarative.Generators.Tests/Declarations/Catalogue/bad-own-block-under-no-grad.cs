// expect: PEFT113 at no_grad()
using Peft.Declarative;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;
public sealed class Block : Module<Tensor, Tensor>
{
    public Module<Tensor, Tensor> q = Linear(32, 32);
    public Block() : base("block") => RegisterComponents();
    public override Tensor forward(Tensor x) { using (no_grad()) return x + q.call(x); }
}
[Lora(rank: 4, Targets = ["block.q"])]
public sealed partial class Tiny : Module<Tensor, Tensor>
{
    private readonly Module<Tensor, Tensor> embed = Embedding(64, 32), head = Linear(32, 64);
    private readonly Block block = new();
    public Tiny() : base(nameof(Tiny)) => RegisterComponents();
    public override Tensor forward(Tensor ids) => head.call(block.call(embed.call(ids)));
}
