using Peft.Declarative.Native;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Peft.Declarative.Training.Optimizers;

/// <summary>
/// Scales steps by the average size of earlier steps, so that a learning rate of 1 has the right units (Zeiler, 2012, arXiv:1212.5701).
/// </summary>
/// <param name="parameters">The names and parameters.</param>
/// <param name="rho">The decay of both averages. The default is 0.9.</param>
/// <param name="epsilon">The number added inside both roots. The default is 1e-6.</param>
/// <param name="weightDecay">The fraction of each weight that is added to its gradient. The default is 0.</param>
public sealed class Adadelta(
    IReadOnlyList<(string Name, Parameter Value)> parameters,
    double rho = 0.9, double epsilon = 1e-6, double weightDecay = 0.0)
    : ElementwiseOptimizer(parameters, "square_avg", "acc_delta")
{
    /// <inheritdoc/>
    private protected override void Update(Tensor value, Tensor gradient, Tensor[] state, double learningRate, long step)
    {
        Tensor direction = WithDecay(gradient, value, weightDecay);
        Tensor root = MoveSquares(state[0], direction, rho).add(Scalars.Of(epsilon), Scalars.One).sqrt_();
        Tensor delta = state[1].add(Scalars.Of(epsilon), Scalars.One).sqrt_().div_(root).mul_(direction);
        MoveSquares(state[1], delta, rho);
        value.add_(delta, alpha: Scalars.Of(-learningRate));
    }
}
