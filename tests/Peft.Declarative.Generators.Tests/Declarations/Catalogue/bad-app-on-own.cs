// expect: PEFT302 at PeftApp
// output: exe
// run: no (only the app matters)
using Peft.Declarative;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;
[PeftApp]
public sealed partial class Tiny : Module<Tensor, Tensor>
{
    private readonly Module<Tensor, Tensor> embed = Embedding(64, 32), head = Linear(32, 64);
    [Lora(rank: 4)] private Module<Tensor, Tensor> q = Linear(32, 32);
    public Tiny() : base(nameof(Tiny)) => RegisterComponents();
    public override Tensor forward(Tensor ids) => head.call(q.call(embed.call(ids)));
}
