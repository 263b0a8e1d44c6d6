using Peft.Declarative.Native;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Peft.Declarative.Training.Optimizers;

/// <summary>Adam with the greatest instead of the averaged square (Kingma and Ba, 2014, section 7.1, arXiv:1412.6980).</summary>
/// <param name="parameters">The names and parameters.</param>
/// <param name="beta1">The decay of the averaged gradient. The default is 0.9.</param>
/// <param name="beta2">The decay of the greatest gradient. The default is 0.999.</param>
/// <param name="epsilon">The number added to the size of each gradient. The default is 1e-8.</param>
/// <param name="weightDecay">The fraction of each weight that is added to its gradient. The default is 0.</param>
public sealed class Adamax(
    IReadOnlyList<(string Name, Parameter Value)> parameters,
    double beta1 = 0.9, double beta2 = 0.999, double epsilon = 1e-8, double weightDecay = 0.0)
    : ElementwiseOptimizer(parameters, "exp_avg", "exp_inf")
{
    /// <inheritdoc/>
    private protected override void Update(Tensor value, Tensor gradient, Tensor[] state, double learningRate, long step)
    {
        Tensor direction = WithDecay(gradient, value, weightDecay);
        Tensor first = MoveAverage(state[0], direction, beta1);
        Tensor greatest = state[1];
        greatest.copy_(maximum(greatest.mul(Scalars.Of(beta2)), direction.abs().add_(Scalars.Of(epsilon), Scalars.One)));
        value.addcdiv_(first, greatest, Scalars.Of(-learningRate / (1.0 - Math.Pow(beta1, step))));
    }
}
