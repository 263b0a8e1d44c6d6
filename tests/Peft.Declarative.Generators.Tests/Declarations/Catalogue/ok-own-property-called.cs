// expect: none
// adapts: q
using Peft.Declarative;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;
public sealed partial class Tiny : Module<Tensor, Tensor>
{
    private readonly Module<Tensor, Tensor> embed = Embedding(64, 32), head = Linear(32, 64);
    [Lora(rank: 4)] public Module<Tensor, Tensor> q { get; set; } = Linear(32, 32);
    public Tiny() : base(nameof(Tiny)) { register_module("q", q); register_module("embed", embed); register_module("head", head); }
    public override Tensor forward(Tensor ids) => head.call(this.q.call(embed.call(ids)));
}
