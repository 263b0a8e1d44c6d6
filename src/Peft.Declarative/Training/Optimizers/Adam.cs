using Peft.Declarative.Native;
using TorchSharp.Modules;

namespace Peft.Declarative.Training.Optimizers;

/// <summary>
/// Adam (Kingma and Ba, 2014, arXiv:1412.6980). Weight decay is added to the gradient; for decoupled weight decay, use <see cref="AdamW"/>.
/// </summary>
public sealed class Adam : FusedAdam
{
    /// <summary>Creates the optimizer. The defaults are PyTorch's.</summary>
    /// <param name="parameters">The names and parameters.</param>
    /// <param name="weightDecay">The fraction of each weight that is added to its gradient. The default is 0.</param>
    /// <param name="beta1">The decay of the averaged gradient. The default is 0.9.</param>
    /// <param name="beta2">The decay of the averaged square. The default is 0.999.</param>
    /// <param name="epsilon">The number added to the root. The default is 1e-8.</param>
    /// <param name="amsGrad">Whether it divides by the greatest average so far (Reddi et al., 2018). The default is <see langword="false"/>.</param>
    public Adam(
        IReadOnlyList<(string Name, Parameter Value)> parameters,
        double weightDecay = 0.0, double beta1 = 0.9, double beta2 = 0.999, double epsilon = 1e-8, bool amsGrad = false)
        : base(parameters, decoupled: false, new OptimizerOperators.AdamOptions(beta1, beta2, epsilon, weightDecay, amsGrad))
    {
    }
}
