using Peft.Declarative.Native;
using TorchSharp.Modules;

namespace Peft.Declarative.Training.Optimizers;

/// <summary>Adam (Kingma and Ba, 2014, arXiv:1412.6980). Weight decay is added to the gradient; for the decoupled one take <see cref="AdamW"/>.</summary>
public sealed class Adam : FusedAdam
{
    /// <summary>Makes the optimiser; the defaults are PyTorch's.</summary>
    /// <param name="parameters">Names and parameters.</param>
    /// <param name="weightDecay">Share of each weight that is added to its gradient; 0 unless set.</param>
    /// <param name="beta1">Decay of the averaged gradient; 0.9 unless set.</param>
    /// <param name="beta2">Decay of the averaged square; 0.999 unless set.</param>
    /// <param name="epsilon">Added to the root; 1e-8 unless set.</param>
    /// <param name="amsGrad">Divides by the greatest average so far (Reddi et al., 2018); off unless set.</param>
    public Adam(
        IReadOnlyList<(string Name, Parameter Value)> parameters,
        double weightDecay = 0.0, double beta1 = 0.9, double beta2 = 0.999, double epsilon = 1e-8, bool amsGrad = false)
        : base(parameters, decoupled: false, new OptimizerOperators.AdamOptions(beta1, beta2, epsilon, weightDecay, amsGrad))
    {
    }
}
