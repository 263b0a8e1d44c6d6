using Peft.Declarative.Native;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Peft.Declarative.Training.Optimizers;

/// <summary>Stochastic gradient descent, with optional momentum (Polyak, 1964; Nesterov's form as in Sutskever et al., 2013).</summary>
/// <param name="parameters">The names and parameters.</param>
/// <param name="momentum">The decay of the summed gradient. The default is 0, no sum.</param>
/// <param name="dampening">The fraction of each gradient, after the first, that does not enter the sum. The default is 0.</param>
/// <param name="weightDecay">The fraction of each weight that is added to its gradient. The default is 0.</param>
/// <param name="nesterov">Whether it looks ahead along the momentum. The default is <see langword="false"/>.</param>
public sealed class Sgd(
    IReadOnlyList<(string Name, Parameter Value)> parameters,
    double momentum = 0.0, double dampening = 0.0, double weightDecay = 0.0, bool nesterov = false)
    : ElementwiseOptimizer(parameters, momentum == 0.0 ? [] : ["momentum_buffer"])
{
    /// <inheritdoc/>
    private protected override void Update(Tensor value, Tensor gradient, Tensor[] state, double learningRate, long step)
    {
        Tensor direction = WithDecay(gradient, value, weightDecay);
        if (state is [Tensor buffer])
        {
            // The buffer starts as the first gradient itself, so dampening does not apply to that one.
            buffer.mul_(Scalars.Of(momentum)).add_(direction, alpha: Scalars.Of(step == 1 ? 1.0 : 1.0 - dampening));
            direction = nesterov ? direction.add(buffer, alpha: Scalars.Of(momentum)) : buffer;
        }

        value.add_(direction, alpha: Scalars.Of(-learningRate));
    }
}
