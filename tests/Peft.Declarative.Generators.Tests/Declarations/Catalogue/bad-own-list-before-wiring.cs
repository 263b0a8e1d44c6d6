// expect: PEFT113 at Lora(rank: 4)
using Peft.Declarative;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;
public sealed partial class Tiny : Module<Tensor, Tensor>
{
    private readonly Module<Tensor, Tensor> embed = Embedding(64, 32), head = Linear(32, 64);
    [Lora(rank: 4)] private Module<Tensor, Tensor> q; private readonly System.Collections.Generic.List<Module<Tensor, Tensor>> all;
    public Tiny() : base(nameof(Tiny)) { q = Linear(32, 32); all = [q]; RegisterComponents(); }
    public override Tensor forward(Tensor ids) { Tensor x = embed.call(ids); foreach (var one in all) x = one.call(x); return head.call(x); }
}
