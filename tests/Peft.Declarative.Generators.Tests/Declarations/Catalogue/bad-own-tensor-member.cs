// expect: PEFT102 at TorchSharp.Modules.Parameter
using Peft.Declarative;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;
public sealed partial class Tiny : Module<Tensor, Tensor>
{
    private readonly Module<Tensor, Tensor> embed = Embedding(64, 32), head = Linear(32, 64);
    [Lora(rank: 4)] private TorchSharp.Modules.Parameter w = Parameter(ones(32));
    public Tiny() : base(nameof(Tiny)) => RegisterComponents();
    public override Tensor forward(Tensor ids) => head.call(w * embed.call(ids));
}
