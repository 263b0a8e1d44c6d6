// expect: none
// adapts: captain, persona
using Peft.Declarative;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;
[Personas("captain", "persona")]
public sealed partial class Tiny : Module<Tensor, Tensor>
{
    private readonly Module<Tensor, Tensor> embed = Embedding(64, 32);
    [Lora(rank: 2)] private Module<Tensor, Tensor> persona = Linear(32, 32);
    [Lora(rank: 4)] private Module<Tensor, Tensor> head = Linear(32, 64);
    public Tiny() : base(nameof(Tiny)) => RegisterComponents();
    public override Tensor forward(Tensor ids) => head.call(persona.call(embed.call(ids)));
}
