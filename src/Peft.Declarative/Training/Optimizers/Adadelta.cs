using Peft.Declarative.Native;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Peft.Declarative.Training.Optimizers;

/// <summary>
/// Scales steps by the average size of earlier steps, so that a learning rate of 1 has the right units (Zeiler, 2012, arXiv:1212.5701).
/// </summary>
public sealed class Adadelta : PerTensorOptimizer
{
    private readonly double _rho;
    private readonly double _epsilon;
    private readonly double _weightDecay;
    private readonly Tensor[] _squares;
    private readonly Tensor[] _deltas;

    /// <summary>Creates the optimizer. The defaults are PyTorch's.</summary>
    /// <param name="parameters">The names and parameters.</param>
    /// <param name="rho">The decay of both averages. The default is 0.9.</param>
    /// <param name="epsilon">The number added inside both roots. The default is 1e-6.</param>
    /// <param name="weightDecay">The fraction of each weight that is added to its gradient. The default is 0.</param>
    public Adadelta(
        IReadOnlyList<(string Name, Parameter Value)> parameters, double rho = 0.9, double epsilon = 1e-6, double weightDecay = 0.0)
        : base(parameters)
    {
        _rho = rho;
        _epsilon = epsilon;
        _weightDecay = weightDecay;
        _squares = AddState("square_avg", value => zeros_like(value));
        _deltas = AddState("acc_delta", value => zeros_like(value));
    }

    /// <inheritdoc/>
    protected override void Update(int index, Parameter value, Tensor gradient, double learningRate, long step)
    {
        Tensor direction = WithDecay(gradient, value, _weightDecay);
        Tensor root = MoveSquares(_squares[index], direction, _rho).add(Scalars.Of(_epsilon), Scalars.One).sqrt_();
        Tensor delta = _deltas[index].add(Scalars.Of(_epsilon), Scalars.One).sqrt_().div_(root).mul_(direction);
        MoveSquares(_deltas[index], delta, _rho);
        value.add_(delta, alpha: Scalars.Of(-learningRate));
    }
}
