using Peft.Declarative.Native;
using Peft.Declarative.Quantization;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Peft.Declarative.Training.Optimizers;

/// <summary><see cref="Sgd"/> with its momentum in 8 bits: 1 byte of state per trained value. Dettmers et al. 2021, arXiv 2110.02861.</summary>
public sealed class Momentum8Bit : EightBitOptimizer
{
    private readonly double _momentum;
    private readonly double _weightDecay;

    /// <summary>Creates the optimizer.</summary>
    /// <param name="parameters">The names and parameters.</param>
    /// <param name="momentum">The decay of the summed gradient. The default is 0.9.</param>
    /// <param name="weightDecay">The fraction of each weight that is added to its gradient. The default is 0.</param>
    /// <param name="fewestElements">
    /// The minimum number of values for 8 bits; smaller parameters have a float32 sum. The default is 4096, as in bitsandbytes.
    /// </param>
    public Momentum8Bit(
        IReadOnlyList<(string Name, Parameter Value)> parameters,
        double momentum = 0.9, double weightDecay = 0.0, long fewestElements = FewestElements)
        : base(parameters, fewestElements, isPaged: false, CodeTable.SignedDynamic)
    {
        _momentum = momentum;
        _weightDecay = weightDecay;
    }

    /// <inheritdoc/>
    private protected override void Update(Parameter value, Tensor gradient, Tensor[] moments, double learningRate, long step)
    {
        // The sum starts at zero, so the first step uses the gradient itself.
        Tensor sum = moments[0].mul_(Scalars.Of(_momentum)).add_(WithDecay(gradient, value, _weightDecay), Scalars.One);
        value.add_(sum, alpha: Scalars.Of(-learningRate));
    }
}
