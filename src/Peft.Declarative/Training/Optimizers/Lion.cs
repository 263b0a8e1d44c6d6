using Peft.Declarative.Native;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Peft.Declarative.Training.Optimizers;

/// <summary>
/// Makes steps of one size: the sign of the interpolated momentum (Chen et al., 2023, arXiv:2302.06675). Needs a learning rate 3 to 10 times below
/// AdamW's.
/// </summary>
public sealed class Lion : PerTensorOptimizer
{
    private readonly double _beta1;
    private readonly double _beta2;
    private readonly double _weightDecay;
    private readonly Tensor[] _momenta;

    /// <summary>Creates the optimizer. The defaults are those of the paper.</summary>
    /// <param name="parameters">The names and parameters.</param>
    /// <param name="beta1">The fraction of the momentum in the direction of a step. The default is 0.9.</param>
    /// <param name="beta2">The decay of the momentum. The default is 0.99.</param>
    /// <param name="weightDecay">The decoupled weight decay, before the step. The default is 0.</param>
    public Lion(
        IReadOnlyList<(string Name, Parameter Value)> parameters, double beta1 = 0.9, double beta2 = 0.99, double weightDecay = 0.0)
        : base(parameters)
    {
        _beta1 = beta1;
        _beta2 = beta2;
        _weightDecay = weightDecay;
        _momenta = AddState("exp_avg", value => zeros_like(value));
    }

    /// <inheritdoc/>
    protected override void Update(int index, Parameter value, Tensor gradient, double learningRate, long step)
    {
        Tensor momentum = _momenta[index];
        Tensor direction = momentum.mul(Scalars.Of(_beta1)).add_(gradient, alpha: Scalars.Of(1.0 - _beta1)).sign_();
        value.mul_(Scalars.Of(1.0 - learningRate * _weightDecay)).add_(direction, alpha: Scalars.Of(-learningRate));
        MoveAverage(momentum, gradient, _beta2);
    }
}
