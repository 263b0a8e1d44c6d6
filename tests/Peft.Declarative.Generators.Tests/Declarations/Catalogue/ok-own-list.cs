// expect: none
// adapts: layers.0.q, layers.1.q
using Peft.Declarative;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;
public sealed class Block : Module<Tensor, Tensor>
{
    public Module<Tensor, Tensor> q = Linear(32, 32);
    public Block() : base("block") => RegisterComponents();
    public override Tensor forward(Tensor x) => x + q.call(x);
}
[Lora(rank: 4, Targets = ["q"])]
public sealed partial class Tiny : Module<Tensor, Tensor>
{
    private readonly Module<Tensor, Tensor> embed = Embedding(64, 32), head = Linear(32, 64);
    private readonly TorchSharp.Modules.ModuleList<Block> layers = ModuleList(new Block(), new Block());
    public Tiny() : base(nameof(Tiny)) => RegisterComponents();
    public override Tensor forward(Tensor ids) { Tensor x = embed.call(ids); foreach (Block layer in layers) x = layer.call(x); return head.call(x); }
}
