using Peft.Declarative.Native;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Peft.Declarative.Training.Optimizers;

/// <summary>
/// Divides the gradient by the root of its averaged square (Tieleman and Hinton, 2012); centered as in Graves, 2013, arXiv:1308.0850.
/// </summary>
/// <param name="parameters">The names and parameters.</param>
/// <param name="alpha">The decay of the averages. The default is 0.99.</param>
/// <param name="epsilon">The number added outside the root. The default is 1e-8.</param>
/// <param name="momentum">The decay of the summed steps. The default is 0, no sum.</param>
/// <param name="weightDecay">The fraction of each weight that is added to its gradient. The default is 0.</param>
/// <param name="centered">
/// Whether the square of the averaged gradient is subtracted from the averaged square. The default is <see langword="false"/>.
/// </param>
public sealed class RmsProp(
    IReadOnlyList<(string Name, Parameter Value)> parameters,
    double alpha = 0.99, double epsilon = 1e-8, double momentum = 0.0, double weightDecay = 0.0, bool centered = false)
    : ElementwiseOptimizer(parameters, [.. new[] { "square_avg", centered ? "grad_avg" : null, momentum == 0.0 ? null : "momentum_buffer" }.OfType<string>()])
{
    /// <inheritdoc/>
    private protected override void Update(Tensor value, Tensor gradient, Tensor[] state, double learningRate, long step)
    {
        Tensor direction = WithDecay(gradient, value, weightDecay);
        Tensor square = MoveSquares(state[0], direction, alpha);
        if (centered)
        {
            Tensor average = MoveAverage(state[1], direction, alpha);
            square = square.addcmul(average, average, Scalars.Of(-1.0));
        }

        Tensor root = square.sqrt().add_(Scalars.Of(epsilon), Scalars.One);
        if (momentum == 0.0)
        {
            value.addcdiv_(direction, root, Scalars.Of(-learningRate));
        }
        else
        {
            value.add_(state[^1].mul_(Scalars.Of(momentum)).addcdiv_(direction, root, Scalars.Of(1.0)), alpha: Scalars.Of(-learningRate));
        }
    }
}
