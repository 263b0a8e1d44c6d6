using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Peft.Declarative.Training.Optimizers;

/// <summary>Scales steps by the averaged size of earlier steps, so that a rate of 1 has the right units (Zeiler, 2012, arXiv:1212.5701).</summary>
public sealed class Adadelta : PerTensorOptimizer
{
    private readonly double _rho;
    private readonly double _epsilon;
    private readonly double _weightDecay;
    private readonly Tensor[] _squares;
    private readonly Tensor[] _deltas;

    /// <summary>Makes the optimiser; the defaults are PyTorch's.</summary>
    /// <param name="parameters">Names and parameters.</param>
    /// <param name="rho">Decay of both averages; 0.9 unless set.</param>
    /// <param name="epsilon">Added inside both roots; 1e-6 unless set.</param>
    /// <param name="weightDecay">Share of each weight that is added to its gradient; 0 unless set.</param>
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
        Tensor root = MoveSquares(_squares[index], direction, _rho).add(_epsilon).sqrt_();
        Tensor delta = _deltas[index].add(_epsilon).sqrt_().div_(root).mul_(direction);
        MoveSquares(_deltas[index], delta, _rho);
        value.add_(delta, alpha: -learningRate);
    }
}
