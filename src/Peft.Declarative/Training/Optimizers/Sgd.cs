using Peft.Declarative.Native;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Peft.Declarative.Training.Optimizers;

/// <summary>Stochastic gradient descent, with optional momentum (Polyak, 1964; Nesterov's form as in Sutskever et al., 2013).</summary>
public sealed class Sgd : PerTensorOptimizer
{
    private readonly double _momentum;
    private readonly double _dampening;
    private readonly double _weightDecay;
    private readonly bool _nesterov;
    private readonly Tensor[] _buffers;

    /// <summary>Creates the optimizer. The defaults are PyTorch's.</summary>
    /// <param name="parameters">The names and parameters.</param>
    /// <param name="momentum">The decay of the summed gradient. The default is 0, no sum.</param>
    /// <param name="dampening">The fraction of each gradient, after the first, that does not enter the sum. The default is 0.</param>
    /// <param name="weightDecay">The fraction of each weight that is added to its gradient. The default is 0.</param>
    /// <param name="nesterov">Whether it looks ahead along the momentum. The default is <see langword="false"/>.</param>
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
            Tensor buffer = _buffers[index].mul_(Scalars.Of(_momentum)).add_(direction, alpha: Scalars.Of(share));
            direction = _nesterov ? direction.add(buffer, alpha: Scalars.Of(_momentum)) : buffer;
        }

        value.add_(direction, alpha: Scalars.Of(-learningRate));
    }
}
