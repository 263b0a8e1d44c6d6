using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Peft.Declarative.Training.Optimizers;

/// <summary>Stochastic gradient descent, with momentum on request (Polyak, 1964; Nesterov's form after Sutskever et al., 2013).</summary>
public sealed class Sgd : PerTensorOptimizer
{
    private readonly double _momentum;
    private readonly double _dampening;
    private readonly double _weightDecay;
    private readonly bool _nesterov;
    private readonly Tensor[] _buffers;

    /// <summary>Makes the optimiser; the defaults are PyTorch's.</summary>
    /// <param name="parameters">Names and parameters.</param>
    /// <param name="momentum">Decay of the summed gradient; 0 (the default) sums nothing.</param>
    /// <param name="dampening">Share of each gradient, after the first, that does not enter the sum; 0 unless set.</param>
    /// <param name="weightDecay">Share of each weight that is added to its gradient; 0 unless set.</param>
    /// <param name="nesterov">Looks ahead along the momentum; off unless set.</param>
    public Sgd(
        IReadOnlyList<(string Name, Parameter Value)> parameters,
        double momentum = 0.0, double dampening = 0.0, double weightDecay = 0.0, bool nesterov = false)
        : base(parameters)
    {
        _momentum = momentum;
        _dampening = dampening;
        _weightDecay = weightDecay;
        _nesterov = nesterov;
        _buffers = momentum == 0.0 ? [] : AddState("momentum_buffer", value => zeros_like(value));
    }

    /// <inheritdoc/>
    protected override void Update(int index, Parameter value, Tensor gradient, double learningRate, long step)
    {
        Tensor direction = WithDecay(gradient, value, _weightDecay);
        if (_momentum != 0.0)
        {
            // The buffer starts as the first gradient itself, so dampening does not apply to that one.
            double share = step == 1 ? 1.0 : 1.0 - _dampening;
            Tensor buffer = _buffers[index].mul_(_momentum).add_(direction, alpha: share);
            direction = _nesterov ? direction.add(buffer, alpha: _momentum) : buffer;
        }

        value.add_(direction, alpha: -learningRate);
    }
}
