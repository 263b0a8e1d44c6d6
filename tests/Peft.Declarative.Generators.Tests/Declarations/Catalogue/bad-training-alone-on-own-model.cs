// expect: PEFT007 at Training
using Peft.Declarative;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;
[Training(Epochs = 1)]
public sealed partial class Tiny : Module<Tensor, Tensor>
{
    private readonly Module<Tensor, Tensor> q = Linear(8, 8);
    public Tiny() : base(nameof(Tiny)) => RegisterComponents();
    public override Tensor forward(Tensor x) => q.call(x);
}
