// expect: PEFT* at "nothing"
using Peft.Declarative;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;
[Lora(rank: 4, Targets = ["nothing"])]
public sealed partial class Tiny : Module<Tensor, Tensor>
{
    private readonly Tiny? inner; private Module<Tensor, Tensor> q = Linear(32, 32);
    public Tiny(Tiny? inner) : base(nameof(Tiny)) { this.inner = inner; RegisterComponents(); }
    public override Tensor forward(Tensor ids) => inner is null ? q.call(ids) : inner.call(ids);
}
