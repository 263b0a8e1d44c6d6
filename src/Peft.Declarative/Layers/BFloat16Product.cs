using static TorchSharp.torch;

namespace Peft.Declarative.Layers;

/// <summary>
/// <c>x Wᵀ</c> with a frozen <c>W</c> in bfloat16, multiplied in bfloat16: <c>x</c> and the result are rounded, and sums are float32. The gradient
/// <c>g W</c> is computed alike. Everything between two products stays float32.
/// </summary>
internal sealed class BFloat16Product : autograd.SingleTensorFunction<BFloat16Product>
{
    public override string Name => nameof(BFloat16Product);

    /// <param name="input">The input […, in] in any type.</param>
    /// <param name="weight">The weight, bfloat16 [out, in]; it can be a transposed view.</param>
    /// <returns>The product […, out] in the type of the input.</returns>
    internal static Tensor Linear(Tensor input, Tensor weight) =>
        is_grad_enabled() && input.requires_grad ? apply(input, weight) : Multiply(input, weight);

    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        var weight = (Tensor)vars[1];
        ctx.save_for_backward([weight]);
        return Multiply((Tensor)vars[0], weight);
    }

    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor weight = ctx.get_saved_variables()[0];
        return [Multiply(grad_output, weight.t()).MoveToOuterDisposeScope(), null!];
    }

    /// <summary>Multiplies without being recorded for a backward pass.</summary>
    internal static Tensor Multiply(Tensor input, Tensor weight)
    {
        using IDisposable untracked = no_grad();
        using DisposeScope scope = NewDisposeScope();
        return nn.functional.linear(input.to(ScalarType.BFloat16), weight).to(input.dtype).MoveToOuterDisposeScope();
    }
}
