using Peft.Declarative.Native;
using static TorchSharp.torch;

namespace Peft.Declarative.Layers;

/// <summary>
/// <c>x Wᵀ + b</c>, where <c>W</c> can have a smaller element type than <c>x</c>. On most CPUs, bfloat16 products are six times slower than float32
/// products, and the conversion is cheap. The weight is therefore converted for the product, discarded, and converted again in the backward pass.
/// </summary>
internal sealed class FrozenProduct : autograd.SingleTensorFunction<FrozenProduct>
{
    public override string Name => nameof(FrozenProduct);

    internal static Tensor Linear(Tensor input, Tensor weight, Tensor? bias)
    {
        if (weight.dtype == input.dtype)
        {
            // A bias that an adapter trains is float32, whatever the base is.
            return bias is null || bias.dtype == input.dtype
                ? nn.functional.linear(input, weight, bias)
                : Biased(input, weight, bias);
        }

        using DisposeScope scope = NewDisposeScope();
        Tensor product = weight.requires_grad
            ? nn.functional.linear(input, weight.to(input.dtype))
            : apply(input, weight);
        return (bias is null ? product : product.add_(bias.to(input.dtype), Scalars.One)).MoveToOuterDisposeScope();
    }

    private static Tensor Biased(Tensor input, Tensor weight, Tensor bias)
    {
        using DisposeScope scope = NewDisposeScope();
        return nn.functional.linear(input, weight).add(bias.to(input.dtype), Scalars.One).MoveToOuterDisposeScope();
    }

    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        using DisposeScope scope = NewDisposeScope();
        var input = (Tensor)vars[0];
        var weight = (Tensor)vars[1];
        ctx.save_for_backward([weight]);
        return nn.functional.linear(input, weight.to(input.dtype)).MoveToOuterDisposeScope();
    }

    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor weight = ctx.get_saved_variables()[0];
        Tensor gradient = nn.functional.linear(grad_output, weight.to(grad_output.dtype).t());
        return [gradient.MoveToOuterDisposeScope(), null!];
    }
}
