using Peft.Declarative.Native;
using TorchSharp.Modules;

namespace Peft.Declarative.Training.Optimizers;

/// <summary>
/// Adam with decoupled weight decay (Loshchilov and Hutter, 2017, arXiv:1711.05101): the decay precedes the step and depends on the learning rate
/// only.
/// </summary>
public sealed class AdamW : FusedAdam
{
    /// <summary>Creates the optimizer. The defaults are PyTorch's.</summary>
    /// <param name="parameters">The names and parameters.</param>
    /// <param name="weightDecay">The fraction of each weight that is subtracted per step, times the learning rate. The default is 0.01.</param>
    /// <param name="beta1">The decay of the averaged gradient. The default is 0.9.</param>
    /// <param name="beta2">The decay of the averaged square. The default is 0.999.</param>
    /// <param name="epsilon">The number added to the root. The default is 1e-8.</param>
    /// <param name="amsGrad">Whether it divides by the greatest average so far (Reddi et al., 2018). The default is <see langword="false"/>.</param>
    /// <param name="paged">Whether the states are in host memory between steps, for a GPU that has little. The default is <see langword="false"/>.</param>
    public AdamW(
        IReadOnlyList<(string Name, Parameter Value)> parameters,
        double weightDecay = 0.01, double beta1 = 0.9, double beta2 = 0.999, double epsilon = 1e-8, bool amsGrad = false, bool paged = false)
        : base(parameters, decoupled: true, new OptimizerOperators.AdamOptions(beta1, beta2, epsilon, weightDecay, amsGrad), paged)
    {
    }
}
