using Peft.Declarative.Native;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Peft.Declarative.Training.Optimizers;

/// <summary>
/// Makes steps of one size: the sign of the interpolated momentum (Chen et al., 2023, arXiv:2302.06675). Needs a learning rate 3 to 10 times below
/// AdamW's.
/// </summary>
/// <param name="parameters">The names and parameters.</param>
/// <param name="beta1">The fraction of the momentum in the direction of a step. The default is 0.9.</param>
/// <param name="beta2">The decay of the momentum. The default is 0.99.</param>
/// <param name="weightDecay">The decoupled weight decay, before the step. The default is 0.</param>
/// <param name="paged">Whether the states are in host memory between steps, for a GPU that has little. The default is <see langword="false"/>.</param>
public sealed class Lion(
    IReadOnlyList<(string Name, Parameter Value)> parameters,
    double beta1 = 0.9, double beta2 = 0.99, double weightDecay = 0.0, bool paged = false)
    : ElementwiseOptimizer(parameters, paged, "exp_avg")
{
    /// <inheritdoc/>
    private protected override void Update(Tensor value, Tensor gradient, Tensor[] state, double learningRate, long step)
    {
        Tensor direction = state[0].mul(Scalars.Of(beta1)).add_(gradient, alpha: Scalars.Of(1.0 - beta1)).sign_();
        value.mul_(Scalars.Of(1.0 - learningRate * weightDecay)).add_(direction, alpha: Scalars.Of(-learningRate));
        MoveAverage(state[0], gradient, beta2);
    }
}
