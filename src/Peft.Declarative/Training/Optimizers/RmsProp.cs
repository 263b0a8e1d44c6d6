using Peft.Declarative.Native;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Peft.Declarative.Training.Optimizers;

/// <summary>
/// Divides the gradient by the root of its averaged square (Tieleman and Hinton, 2012); centered as in Graves, 2013, arXiv:1308.0850.
/// </summary>
public sealed class RmsProp : PerTensorOptimizer
{
    private readonly double _alpha;
    private readonly double _epsilon;
    private readonly double _momentum;
    private readonly double _weightDecay;
    private readonly Tensor[] _squares;
    private readonly Tensor[] _averages;
    private readonly Tensor[] _buffers;

    /// <summary>Creates the optimizer. The defaults are PyTorch's.</summary>
    /// <param name="parameters">The names and parameters.</param>
    /// <param name="alpha">The decay of the averages. The default is 0.99.</param>
    /// <param name="epsilon">The number added outside the root. The default is 1e-8.</param>
    /// <param name="momentum">The decay of the summed steps. The default is 0, no sum.</param>
    /// <param name="weightDecay">The fraction of each weight that is added to its gradient. The default is 0.</param>
    /// <param name="centered">
    /// Whether the square of the averaged gradient is subtracted from the averaged square. The default is <see langword="false"/>.
    /// </param>
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
            square = square.addcmul(average, average, Scalars.Of(-1.0));
        }

        Tensor root = square.sqrt().add_(Scalars.Of(_epsilon), Scalars.One);
        if (_momentum == 0.0)
        {
            value.addcdiv_(direction, root, Scalars.Of(-learningRate));
        }
        else
        {
            value.add_(_buffers[index].mul_(Scalars.Of(_momentum)).addcdiv_(direction, root, Scalars.Of(1.0)), alpha: Scalars.Of(-learningRate));
        }
    }
}
