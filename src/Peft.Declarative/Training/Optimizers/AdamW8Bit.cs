using Peft.Declarative.Quantization;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Peft.Declarative.Training.Optimizers;

/// <summary>
/// AdamW with both moments in 8 bits: 2 bytes of state per trained value instead of 8. Bit for bit the states of bitsandbytes. Dettmers et al. 2021,
/// arXiv 2110.02861.
/// </summary>
public sealed class AdamW8Bit : EightBitOptimizer
{
    private readonly double _beta1;
    private readonly double _beta2;
    private readonly double _epsilon;
    private readonly double _weightDecay;

    /// <summary>Makes the optimiser; the defaults are those of <see cref="AdamW"/>.</summary>
    /// <param name="parameters">Names and parameters.</param>
    /// <param name="weightDecay">Decoupled weight decay; 0.01 unless set.</param>
    /// <param name="beta1">Decay of the averaged gradient; 0.9 unless set.</param>
    /// <param name="beta2">Decay of the averaged square; 0.999 unless set.</param>
    /// <param name="epsilon">Added to the root; 1e-8 unless set.</param>
    /// <param name="fewestElements">Parameters with fewer values keep float32 moments; 4096 unless set, as in bitsandbytes.</param>
    public AdamW8Bit(
        IReadOnlyList<(string Name, Parameter Value)> parameters,
        double weightDecay = 0.01, double beta1 = 0.9, double beta2 = 0.999, double epsilon = 1e-8, long fewestElements = FewestElements)
        : base(parameters, fewestElements, CodeTable.SignedDynamic, CodeTable.UnsignedDynamic)
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
        Tensor root = MoveSquares(moments[1], gradient, _beta2).sqrt().add_(_epsilon * correction);
        value.mul_(1 - (learningRate * _weightDecay)).addcdiv_(average, root, -rate);
    }
}
