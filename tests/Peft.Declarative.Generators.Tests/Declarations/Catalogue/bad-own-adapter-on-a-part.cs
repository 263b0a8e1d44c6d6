// expect: PEFT008 at Lora(rank: 2)
using Peft.Declarative;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;
public sealed partial class Tiny : Module<Tensor, Tensor>
{
    private readonly Module<Tensor, Tensor> embed = Embedding(64, 32), head = Linear(32, 64);
    private readonly Part part = new();
    public Tiny() : base(nameof(Tiny)) => RegisterComponents();
    public override Tensor forward(Tensor ids) => head.call(part.call(embed.call(ids)));
}
public sealed partial class Part : Module<Tensor, Tensor>
{
    [Lora(rank: 2)] private Module<Tensor, Tensor> k = Linear(32, 32);
    public Part() : base(nameof(Part)) => RegisterComponents();
    public override Tensor forward(Tensor x) => k.call(x);
}
