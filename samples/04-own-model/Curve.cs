using Peft.Declarative;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace OwnModel;

/// <summary>A network of no known family, which draws a curve. The attribute is on the member, so there is no name to misspell.</summary>
internal sealed partial class Curve : Module<Tensor, Tensor>
{
    private const int Width = 64;

    private readonly Linear first = Linear(1, Width);

    [Lora(rank: 4, Alpha = 8)]
    private Module<Tensor, Tensor> second = Linear(Width, Width);

    private readonly Linear last = Linear(Width, 1);

    internal Curve()
        : base(nameof(Curve)) => RegisterComponents();

    /// <summary>The heights [points, 1] at places [points, 1].</summary>
    public override Tensor forward(Tensor places)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor hidden = functional.tanh(first.call(places));
        return last.call(functional.tanh(second.call(hidden))).MoveToOuterDisposeScope();
    }
}
