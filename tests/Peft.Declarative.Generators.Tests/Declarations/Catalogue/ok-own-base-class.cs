// expect: none
// adapts: q
using Peft.Declarative;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;
public abstract class Base : Module<Tensor, Tensor>
{
    protected Module<Tensor, Tensor> q = Linear(32, 32);
    protected Base(string name) : base(name) { }
}
[Lora(rank: 4, Targets = [nameof(q)])]
public sealed partial class Tiny : Base
{
    private readonly Module<Tensor, Tensor> embed = Embedding(64, 32), head = Linear(32, 64);
    public Tiny() : base(nameof(Tiny)) => RegisterComponents();
    public override Tensor forward(Tensor ids) => head.call(q.call(embed.call(ids)));
}
