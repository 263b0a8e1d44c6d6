using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Peft.Declarative.Tests.Declared;

/// <summary>A block of a user's own.</summary>
internal sealed class OwnBlock : Module<Tensor, Tensor>
{
    internal Module<Tensor, Tensor> mix = Linear(8, 8);

    internal OwnBlock()
        : base(nameof(OwnBlock)) => RegisterComponents();

    public override Tensor forward(Tensor input) => mix.call(input);
}
