using Peft.Declarative.Native;
using Peft.Declarative.Quantization;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Peft.Declarative.Training.Optimizers;

/// <summary><see cref="Lion"/> with its momentum in 8 bits: 1 byte of state per trained value. Dettmers et al. 2021, arXiv 2110.02861.</summary>
public sealed class Lion8Bit : EightBitOptimizer
{
    private readonly double _beta1;
    private readonly double _beta2;
    private readonly double _weightDecay;

    /// <summary>Creates the optimizer. The defaults are those of <see cref="Lion"/>.</summary>
    /// <param name="parameters">The names and parameters.</param>
    /// <param name="beta1">The fraction of the momentum in the direction of a step. The default is 0.9.</param>
    /// <param name="beta2">The decay of the momentum. The default is 0.99.</param>
    /// <param name="weightDecay">The decoupled weight decay, before the step. The default is 0.</param>
    /// <param name="fewestElements">
    /// The minimum number of values for 8 bits; smaller parameters have a float32 momentum. The default is 4096, as in bitsandbytes.
    /// </param>
    /// <param name="paged">Whether the states are in host memory between steps, for a GPU that has little. The default is <see langword="false"/>.</param>
    public Lion8Bit(
        IReadOnlyList<(string Name, Parameter Value)> parameters,
        double beta1 = 0.9, double beta2 = 0.99, double weightDecay = 0.0, long fewestElements = FewestElements, bool paged = false)
        : base(parameters, fewestElements, paged, CodeTable.SignedDynamic)
    {
        _beta1 = beta1;
        _beta2 = beta2;
        _weightDecay = weightDecay;
    }

    /// <inheritdoc/>
    private protected override void Update(Parameter value, Tensor gradient, Tensor[] moments, double learningRate, long step)
    {
        Tensor direction = moments[0].mul(Scalars.Of(_beta1)).add_(gradient, alpha: Scalars.Of(1 - _beta1)).sign_();
        value.mul_(Scalars.Of(1 - (learningRate * _weightDecay))).add_(direction, alpha: Scalars.Of(-learningRate));
        MoveAverage(moments[0], gradient, _beta2);
    }
}
