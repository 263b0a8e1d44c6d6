using Peft.Declarative.Native;
using static TorchSharp.torch;

namespace Peft.Declarative.Training;

/// <summary>Clips gradients. Nothing is read back from the device: norms are tensors.</summary>
internal static class GradientClipping
{
    /// <summary>Scales all gradients in place by <c>min(1, maxNorm / (norm + 1e-6))</c>.</summary>
    /// <param name="gradients">The gradients, in any number of tensors on one device.</param>
    /// <param name="maxNorm">The maximum norm of all gradients together.</param>
    /// <param name="order">The order of the norm, at least 1, or infinity. The default is 2.</param>
    /// <returns>The norm before clipping, a scalar on the gradients' device; 0 if there are no gradients.</returns>
    public static Tensor ClipNorm(Tensor[] gradients, double maxNorm, double order = 2.0)
    {
        using IDisposable quiet = no_grad();
        using DisposeScope scope = NewDisposeScope();
        Tensor norm = Norm(gradients, order);
        if (gradients.Length > 0)
        {
            OptimizerOperators.Scale(gradients, norm.add(Scalars.Of(1e-6), Scalars.One).reciprocal_().mul_(Scalars.Of(maxNorm)).clamp_max_(Scalars.Of(1.0)));
        }

        return norm.MoveToOuterDisposeScope();
    }

    /// <summary>Computes the norm of all gradients together, a scalar on their device.</summary>
    internal static Tensor Norm(Tensor[] gradients, double order = 2.0) =>
        gradients.Length == 0 ? zeros([]) : OptimizerOperators.Norm(gradients, order);
}
