using TorchSharp;
using static TorchSharp.torch;

namespace Peft.Declarative.Native;

/// <summary>libtorch operators over lists of tensors. One call replaces a managed loop that costs about 2 µs per tensor and operation.</summary>
/// <remarks>
/// The sources are constants because libtorch ends the process if one contains an unknown operator; a test calls each function. Every function
/// returns a tensor because TorchSharp cannot receive none. Numbers are passed as <see cref="Scalars"/>.
/// </remarks>
internal static class OptimizerOperators
{
    private static readonly jit.CompilationUnit Unit = jit.compile(
        """
        def adamw(p: List[Tensor], g: List[Tensor], m: List[Tensor], v: List[Tensor], top: List[Tensor], step: List[Tensor],
                  skip: Optional[Tensor], lr: float, b1: float, b2: float, decay: float, eps: float, amsgrad: bool):
            torch._fused_adamw_(p, g, m, v, top, step, lr=lr, beta1=b1, beta2=b2, weight_decay=decay, eps=eps,
                                amsgrad=amsgrad, maximize=False, grad_scale=None, found_inf=skip)
            return p[0]
        def adam(p: List[Tensor], g: List[Tensor], m: List[Tensor], v: List[Tensor], top: List[Tensor], step: List[Tensor],
                 skip: Optional[Tensor], lr: float, b1: float, b2: float, decay: float, eps: float, amsgrad: bool):
            torch._fused_adam_(p, g, m, v, top, step, lr=lr, beta1=b1, beta2=b2, weight_decay=decay, eps=eps,
                               amsgrad=amsgrad, maximize=False, grad_scale=None, found_inf=skip)
            return p[0]
        def norm(g: List[Tensor], order: float):
            return torch.linalg_vector_norm(torch.stack(torch._foreach_norm(g, order)), order)
        def scale(g: List[Tensor], factor: Tensor):
            torch._foreach_mul_(g, factor)
            return factor
        def zero(g: List[Tensor]):
            torch._foreach_zero_(g)
            return g[0]

        """);

    /// <summary>Does one step of AdamW (decoupled weight decay) or Adam (weight decay added to the gradient).</summary>
    /// <param name="decoupled">Whether the weight decay is decoupled, as in AdamW.</param>
    /// <param name="lists">The parameters and their state.</param>
    /// <param name="skip">A float32 scalar on the tensors' device. If it is 1, nothing changes. <see langword="null"/> never skips.</param>
    /// <param name="rate">The learning rate.</param>
    /// <param name="options">The constants of the step.</param>
    internal static void Adam(bool decoupled, AdamLists lists, Tensor? skip, double rate, AdamOptions options)
    {
        object result = Unit.invoke(
            decoupled ? "adamw" : "adam",
            lists.Parameters, lists.Gradients, lists.First, lists.Second, lists.GreatestSecond, lists.Steps,
            skip!, Scalars.Of(rate), Scalars.Of(options.Beta1), Scalars.Of(options.Beta2), Scalars.Of(options.WeightDecay), Scalars.Of(options.Epsilon),
            options.AmsGrad);
        ((Tensor)result).Dispose();
    }

    /// <summary>The norm over all elements of all tensors, as a scalar on their device.</summary>
    internal static Tensor Norm(Tensor[] tensors, double order)
    {
        return (Tensor)Unit.invoke("norm", tensors, Scalars.Of(order));
    }

    /// <summary>Multiplies all tensors in place by a scalar on their device.</summary>
    internal static void Scale(Tensor[] tensors, Tensor factor) => ((Tensor)Unit.invoke("scale", tensors, factor)).Dispose();

    /// <summary>Sets every element to zero in place.</summary>
    internal static void Zero(Tensor[] tensors) => ((Tensor)Unit.invoke("zero", (object)tensors)).Dispose();

    /// <summary>The tensors of an Adam step. Element i of each list belongs to parameter i.</summary>
    /// <param name="Parameters">The trained parameters.</param>
    /// <param name="Gradients">Their gradients.</param>
    /// <param name="First">Running averages of the gradients.</param>
    /// <param name="Second">Running averages of the squared gradients.</param>
    /// <param name="GreatestSecond">The greatest values of <paramref name="Second"/> so far, for AMSGrad; otherwise empty.</param>
    /// <param name="Steps">The number of steps, including this one, as float32 scalars.</param>
    internal readonly record struct AdamLists(
        Tensor[] Parameters, Tensor[] Gradients, Tensor[] First, Tensor[] Second, Tensor[] GreatestSecond, Tensor[] Steps);

    /// <summary>The constants of an Adam step.</summary>
    internal readonly record struct AdamOptions(double Beta1, double Beta2, double Epsilon, double WeightDecay, bool AmsGrad);
}
