using Peft.Declarative.Native;
using Peft.Declarative.Quantization;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Peft.Declarative.Training.Optimizers;

/// <summary>
/// AdamW with both moments in 8 bits: 2 bytes of state per trained value instead of 8. The states are bit for bit those of bitsandbytes. Dettmers et
/// al. 2021, arXiv 2110.02861.
/// </summary>
public sealed class AdamW8Bit : EightBitOptimizer
{
    private readonly double _beta1;
    private readonly double _beta2;
    private readonly double _epsilon;
    private readonly double _weightDecay;

    /// <summary>Creates the optimizer. The defaults are those of <see cref="AdamW"/>.</summary>
    /// <param name="parameters">The names and parameters.</param>
    /// <param name="weightDecay">The decoupled weight decay. The default is 0.01.</param>
    /// <param name="beta1">The decay of the averaged gradient. The default is 0.9.</param>
    /// <param name="beta2">The decay of the averaged square. The default is 0.999.</param>
    /// <param name="epsilon">The number added to the root. The default is 1e-8.</param>
    /// <param name="fewestElements">
    /// The minimum number of values for 8 bits; smaller parameters have float32 moments. The default is 4096, as in bitsandbytes.
    /// </param>
    /// <param name="paged">Whether the states are in host memory between steps, for a GPU that has little. The default is <see langword="false"/>.</param>
    public AdamW8Bit(
        IReadOnlyList<(string Name, Parameter Value)> parameters,
        double weightDecay = 0.01, double beta1 = 0.9, double beta2 = 0.999, double epsilon = 1e-8, long fewestElements = FewestElements, bool paged = false)
        : base(parameters, fewestElements, paged, CodeTable.SignedDynamic, CodeTable.UnsignedDynamic)
    {
        _beta1 = beta1;
        _beta2 = beta2;
        _epsilon = epsilon;
        _weightDecay = weightDecay;
    }

    /// <inheritdoc/>
    private protected override void Update(Parameter value, Tensor gradient, Tensor[] moments, double learningRate, long step)
    {
        double correction = Math.Sqrt(1 - Math.Pow(_beta2, step));
        double rate = learningRate * correction / (1 - Math.Pow(_beta1, step));
        Tensor average = MoveAverage(moments[0], gradient, _beta1);
        Tensor root = MoveSquares(moments[1], gradient, _beta2).sqrt().add_(Scalars.Of(_epsilon * correction), Scalars.One);
        value.mul_(Scalars.Of(1 - (learningRate * _weightDecay))).addcdiv_(average, root, Scalars.Of(-rate));
    }
}
