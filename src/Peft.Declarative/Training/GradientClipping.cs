using Peft.Declarative.Native;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Peft.Declarative.Training;

/// <summary>Limits on gradients. Nothing is read back from the device: norms stay tensors.</summary>
public static class GradientClipping
{
    /// <summary>Scales all gradients in place by <c>min(1, maxNorm / (norm + 1e-6))</c>.</summary>
    /// <param name="parameters">Parameters, all on one device; those without a gradient are left out.</param>
    /// <param name="maxNorm">Greatest norm of all gradients together.</param>
    /// <param name="order">Order of the norm: 2 unless set, any p ≥ 1 or infinity.</param>
    /// <returns>The norm before clipping, a scalar on the gradients' device; 0 without any gradient.</returns>
    public static Tensor ClipNorm(IEnumerable<Parameter> parameters, double maxNorm, double order = 2.0)
    {
        using IDisposable quiet = no_grad();
        using DisposeScope scope = NewDisposeScope();
        Tensor[] gradients = Gradients(parameters);
        Tensor norm = Norm(gradients, order);
        if (gradients.Length > 0)
        {
            OptimizerOperators.Scale(gradients, norm.add(1e-6).reciprocal_().mul_(maxNorm).clamp_max_(1.0));
        }

        return norm.MoveToOuterDisposeScope();
    }

    /// <summary>Limits every element of every gradient in place to −<paramref name="limit"/> … <paramref name="limit"/>.</summary>
    /// <param name="parameters">Parameters, all on one device; those without a gradient are left out.</param>
    /// <param name="limit">Greatest absolute value.</param>
    public static void ClipValue(IEnumerable<Parameter> parameters, double limit)
    {
        using IDisposable quiet = no_grad();
        using DisposeScope scope = NewDisposeScope();
        Tensor[] gradients = Gradients(parameters);
        if (gradients.Length > 0)
        {
            OptimizerOperators.Clamp(gradients, limit);
        }
    }

    /// <summary>Norm of all gradients together, a scalar on their device.</summary>
    internal static Tensor Norm(Tensor[] gradients, double order = 2.0) =>
        gradients.Length == 0 ? zeros([]) : OptimizerOperators.Norm(gradients, order);

    /// <summary>The gradients that exist, in the order of the parameters, in the caller's scope.</summary>
    internal static Tensor[] Gradients(IEnumerable<Parameter> parameters) =>
        [.. parameters.Select(parameter => parameter.grad).OfType<Tensor>()];
}
