using TorchSharp;
using static TorchSharp.torch;

namespace Peft.Declarative.Native;

/// <summary>libtorch's operators over lists of tensors: one call where a loop of managed ones would cost about 2 µs per tensor and operation.</summary>
/// <remarks>
/// The sources are constants on purpose: libtorch answers an unknown operator in them by ending the process, so each is covered by a test.
/// Every function returns a tensor because TorchSharp cannot receive nothing. For the scalars see <see cref="Operators"/>.
/// </remarks>
internal static class OptimizerOperators
{
    private static readonly jit.CompilationUnit Unit = jit.compile(
        """
        def adamw(p: List[Tensor], g: List[Tensor], m: List[Tensor], v: List[Tensor], top: List[Tensor], step: List[Tensor],
                  skip: Optional[Tensor], lr: float, b1: float, b2: float, decay: float, eps: float, amsgrad: bool):
            torch._foreach_add_(step, 1)
            torch._fused_adamw_(p, g, m, v, top, step, lr=lr, beta1=b1, beta2=b2, weight_decay=decay, eps=eps,
                                amsgrad=amsgrad, maximize=False, grad_scale=None, found_inf=skip)
            return p[0]
        def adam(p: List[Tensor], g: List[Tensor], m: List[Tensor], v: List[Tensor], top: List[Tensor], step: List[Tensor],
                 skip: Optional[Tensor], lr: float, b1: float, b2: float, decay: float, eps: float, amsgrad: bool):
            torch._foreach_add_(step, 1)
            torch._fused_adam_(p, g, m, v, top, step, lr=lr, beta1=b1, beta2=b2, weight_decay=decay, eps=eps,
                               amsgrad=amsgrad, maximize=False, grad_scale=None, found_inf=skip)
            return p[0]
        def norm(g: List[Tensor], order: float):
            return torch.linalg_vector_norm(torch.stack(torch._foreach_norm(g, order)), order)
        def scale(g: List[Tensor], factor: Tensor):
            torch._foreach_mul_(g, factor)
            return factor
        def clamp(g: List[Tensor], limit: float):
            torch._foreach_clamp_min_(g, -limit)
            torch._foreach_clamp_max_(g, limit)
            return g[0]
        def zero(g: List[Tensor]):
            torch._foreach_zero_(g)
            return g[0]

        """);

    /// <summary>One step of AdamW (decoupled decay) or Adam (decay added to the gradient), with the step counts raised first.</summary>
    /// <param name="decoupled">Whether the decay is decoupled: AdamW.</param>
    /// <param name="lists">What the step works on, place by place.</param>
    /// <param name="skip">float32 scalar on the tensors' device; 1 leaves everything but the step counts as it was. Null never skips.</param>
    /// <param name="rate">Learning rate.</param>
    /// <param name="options">The constants.</param>
    internal static void Adam(bool decoupled, AdamLists lists, Tensor? skip, double rate, AdamOptions options)
    {
        using Scalar scalarRate = rate.ToScalar();
        using Scalar beta1 = options.Beta1.ToScalar();
        using Scalar beta2 = options.Beta2.ToScalar();
        using Scalar decay = options.WeightDecay.ToScalar();
        using Scalar epsilon = options.Epsilon.ToScalar();
        object result = Unit.invoke(
            decoupled ? "adamw" : "adam",
            lists.Parameters, lists.Gradients, lists.First, lists.Second, lists.GreatestSecond, lists.Steps,
            skip!, scalarRate, beta1, beta2, decay, epsilon, options.AmsGrad);
        ((Tensor)result).Dispose();
    }

    /// <summary>Norm of all elements of all tensors together, as a scalar on their device.</summary>
    internal static Tensor Norm(Tensor[] tensors, double order)
    {
        using Scalar power = order.ToScalar();
        return (Tensor)Unit.invoke("norm", tensors, power);
    }

    /// <summary>Multiplies all tensors in place by a scalar that stays on the device.</summary>
    internal static void Scale(Tensor[] tensors, Tensor factor) => ((Tensor)Unit.invoke("scale", tensors, factor)).Dispose();

    /// <summary>Limits every element in place to −<paramref name="limit"/> … <paramref name="limit"/>.</summary>
    internal static void Clamp(Tensor[] tensors, double limit)
    {
        using Scalar bound = limit.ToScalar();
        ((Tensor)Unit.invoke("clamp", tensors, bound)).Dispose();
    }

    /// <summary>Sets every element to zero in place.</summary>
    internal static void Zero(Tensor[] tensors) => ((Tensor)Unit.invoke("zero", (object)tensors)).Dispose();

    /// <summary>The tensors of an Adam step; the lists run in parallel.</summary>
    /// <param name="Parameters">What is trained.</param>
    /// <param name="Gradients">Their gradients.</param>
    /// <param name="First">Averages of the gradients.</param>
    /// <param name="Second">Averages of the squared gradients.</param>
    /// <param name="GreatestSecond">Greatest averages so far, for AMSGrad; else empty.</param>
    /// <param name="Steps">float32 scalars: steps done.</param>
    internal readonly record struct AdamLists(
        Tensor[] Parameters, Tensor[] Gradients, Tensor[] First, Tensor[] Second, Tensor[] GreatestSecond, Tensor[] Steps);

    /// <summary>The constants of an Adam step.</summary>
    internal readonly record struct AdamOptions(double Beta1, double Beta2, double Epsilon, double WeightDecay, bool AmsGrad);
}
