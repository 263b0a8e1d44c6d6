using Peft.Declarative.Native;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Peft.Declarative.Training.Optimizers;

/// <summary>Adam that divides by the root only after enough steps for a reliable estimate (Liu et al., 2019, arXiv:1908.03265).</summary>
/// <param name="parameters">The names and parameters.</param>
/// <param name="beta1">The decay of the averaged gradient. The default is 0.9.</param>
/// <param name="beta2">The decay of the averaged square. The default is 0.999.</param>
/// <param name="epsilon">The number added to the root. The default is 1e-8.</param>
/// <param name="weightDecay">The fraction of each weight that is added to its gradient. The default is 0.</param>
public sealed class RAdam(
    IReadOnlyList<(string Name, Parameter Value)> parameters,
    double beta1 = 0.9, double beta2 = 0.999, double epsilon = 1e-8, double weightDecay = 0.0)
    : ElementwiseOptimizer(parameters, "exp_avg", "exp_avg_sq")
{
    /// <inheritdoc/>
    private protected override void Update(Tensor value, Tensor gradient, Tensor[] state, double learningRate, long step)
    {
        Tensor direction = WithDecay(gradient, value, weightDecay);
        Tensor first = MoveAverage(state[0], direction, beta1);
        Tensor second = MoveSquares(state[1], direction, beta2);
        double rate = learningRate / (1.0 - Math.Pow(beta1, step));
        if (Rectification(step) is { } rectification)
        {
            double correction = Math.Sqrt(1.0 - Math.Pow(beta2, step));
            value.addcdiv_(first, second.sqrt().add_(Scalars.Of(epsilon), Scalars.One), Scalars.Of(-rate * rectification * correction));
        }
        else
        {
            value.add_(first, alpha: Scalars.Of(-rate));
        }
    }

    // rho is the length of the simple moving average that is as reliable as this one. Up to 5, its variance has no bound.
    private double? Rectification(long step)
    {
        double limit = 2.0 / (1.0 - beta2) - 1.0;
        double decay = Math.Pow(beta2, step);
        double rho = limit - 2.0 * step * decay / (1.0 - decay);
        return rho > 5.0
            ? Math.Sqrt((rho - 4.0) * (rho - 2.0) * limit / ((limit - 4.0) * (limit - 2.0) * rho))
            : null;
    }
}
