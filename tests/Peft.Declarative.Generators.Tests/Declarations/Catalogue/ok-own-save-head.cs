// expect: none
// adapts: q, head
using Peft.Declarative;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;
[Lora(rank: 4, Targets = ["q"], ModulesToSave = ["head"])]
public sealed partial class Tiny : Module<Tensor, Tensor>
{
    private readonly Module<Tensor, Tensor> embed = Embedding(64, 32); private Module<Tensor, Tensor> head = Linear(32, 64);
    private Module<Tensor, Tensor> q = Linear(32, 32), top = Linear(64, 64);
    public Tiny() : base(nameof(Tiny)) => RegisterComponents();
    public override Tensor forward(Tensor ids) => top.call(head.call(q.call(embed.call(ids))));
}
