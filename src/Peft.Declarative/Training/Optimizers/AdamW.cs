using Peft.Declarative.Native;
using TorchSharp.Modules;

namespace Peft.Declarative.Training.Optimizers;

/// <summary>Adam with decoupled weight decay (Loshchilov and Hutter, 2017, arXiv:1711.05101): the decay comes before the step and scales with the rate only.</summary>
public sealed class AdamW : FusedAdam
{
    /// <summary>Makes the optimiser; the defaults are PyTorch's.</summary>
    /// <param name="parameters">Names and parameters.</param>
    /// <param name="weightDecay">Share of each weight taken off per step, times the rate; 0.01 unless set.</param>
    /// <param name="beta1">Decay of the averaged gradient; 0.9 unless set.</param>
    /// <param name="beta2">Decay of the averaged square; 0.999 unless set.</param>
    /// <param name="epsilon">Added to the root; 1e-8 unless set.</param>
    /// <param name="amsGrad">Divides by the greatest average so far (Reddi et al., 2018); off unless set.</param>
    public AdamW(
        IReadOnlyList<(string Name, Parameter Value)> parameters,
        double weightDecay = 0.01, double beta1 = 0.9, double beta2 = 0.999, double epsilon = 1e-8, bool amsGrad = false)
        : base(parameters, decoupled: true, new OptimizerOperators.AdamOptions(beta1, beta2, epsilon, weightDecay, amsGrad))
    {
    }
}
