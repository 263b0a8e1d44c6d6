using Peft.Declarative.Native;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Peft.Declarative.Training.Optimizers;

/// <summary>Divides the gradient by the root of the sum of all its squares (Duchi et al., 2011).</summary>
public sealed class Adagrad : ElementwiseOptimizer
{
    private readonly double _rateDecay;
    private readonly double _weightDecay;
    private readonly double _epsilon;

    /// <summary>Creates the optimizer. The defaults are PyTorch's.</summary>
    /// <param name="parameters">The names and parameters.</param>
    /// <param name="rateDecay">The decay of the learning rate, which is divided by 1 + decay · steps done. The default is 0.</param>
    /// <param name="weightDecay">The fraction of each weight that is added to its gradient. The default is 0.</param>
    /// <param name="initialSum">The initial value of the sums. The default is 0.</param>
    /// <param name="epsilon">The number added to the root. The default is 1e-10.</param>
    public Adagrad(
        IReadOnlyList<(string Name, Parameter Value)> parameters,
        double rateDecay = 0.0, double weightDecay = 0.0, double initialSum = 0.0, double epsilon = 1e-10)
        : base(parameters, "sum")
    {
        (_rateDecay, _weightDecay, _epsilon) = (rateDecay, weightDecay, epsilon);
        foreach ((string name, _) in parameters)
        {
            State[$"sum.{name}"].fill_(Scalars.Of(initialSum));
        }
    }

    /// <inheritdoc/>
    private protected override void Update(Tensor value, Tensor gradient, Tensor[] state, double learningRate, long step)
    {
        Tensor direction = WithDecay(gradient, value, _weightDecay);
        Tensor root = state[0].addcmul_(direction, direction, Scalars.Of(1.0)).sqrt().add_(Scalars.Of(_epsilon), Scalars.One);
        value.addcdiv_(direction, root, Scalars.Of(-learningRate / (1.0 + (step - 1) * _rateDecay)));
    }
}
