using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Peft.Declarative.Training.Optimizers;

/// <summary>Divides the gradient by the root of its averaged square (Tieleman and Hinton, 2012); centred after Graves, 2013, arXiv:1308.0850.</summary>
public sealed class RmsProp : PerTensorOptimizer
{
    private readonly double _alpha;
    private readonly double _epsilon;
    private readonly double _momentum;
    private readonly double _weightDecay;
    private readonly Tensor[] _squares;
    private readonly Tensor[] _averages;
    private readonly Tensor[] _buffers;

    /// <summary>Makes the optimiser; the defaults are PyTorch's.</summary>
    /// <param name="parameters">Names and parameters.</param>
    /// <param name="alpha">Decay of the averages; 0.99 unless set.</param>
    /// <param name="epsilon">Added outside the root; 1e-8 unless set.</param>
    /// <param name="momentum">Decay of the summed steps; 0 (the default) sums nothing.</param>
    /// <param name="weightDecay">Share of each weight that is added to its gradient; 0 unless set.</param>
    /// <param name="centered">Takes the square of the averaged gradient off the averaged square; off unless set.</param>
    public RmsProp(
        IReadOnlyList<(string Name, Parameter Value)> parameters,
        double alpha = 0.99, double epsilon = 1e-8, double momentum = 0.0, double weightDecay = 0.0, bool centered = false)
        : base(parameters)
    {
        _alpha = alpha;
        _epsilon = epsilon;
        _momentum = momentum;
        _weightDecay = weightDecay;
        _squares = AddState("square_avg", value => zeros_like(value));
        _averages = centered ? AddState("grad_avg", value => zeros_like(value)) : [];
        _buffers = momentum == 0.0 ? [] : AddState("momentum_buffer", value => zeros_like(value));
    }

    /// <inheritdoc/>
    protected override void Update(int index, Parameter value, Tensor gradient, double learningRate, long step)
    {
        Tensor direction = WithDecay(gradient, value, _weightDecay);
        Tensor square = MoveSquares(_squares[index], direction, _alpha);
        if (_averages.Length > 0)
        {
            Tensor average = MoveAverage(_averages[index], direction, _alpha);
            square = square.addcmul(average, average, -1.0);
        }

        Tensor root = square.sqrt().add_(_epsilon);
        if (_momentum == 0.0)
        {
            value.addcdiv_(direction, root, -learningRate);
        }
        else
        {
            value.add_(_buffers[index].mul_(_momentum).addcdiv_(direction, root, 1.0), alpha: -learningRate);
        }
    }
}
