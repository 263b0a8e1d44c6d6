using Peft.Declarative.Native;
using Peft.Declarative.Native.Panels;
using static TorchSharp.torch;

namespace Peft.Declarative.Layers;

/// <summary>
/// <c>x Wᵀ + b</c>, where <c>W</c> can have a smaller element type than <c>x</c>. If the user allows products in bfloat16 and the processor is faster
/// with them, they are. Otherwise the weight is converted for the product, block by block, discarded, and converted again in the backward pass, because on most CPUs
/// bfloat16 products are six times slower than float32 products, and the conversion is cheap.
/// </summary>
internal sealed class FrozenProduct : autograd.SingleTensorFunction<FrozenProduct>
{
    // The multiplications of a recorded product from which on panels save more than a function of TorchSharp costs: some 20 µs, and 4 KB of managed memory.
    private const long LeastRecorded = 1 << 21;

    public override string Name => nameof(FrozenProduct);

    /// <param name="input">The input […, in].</param>
    /// <param name="weight">The weight [out, in].</param>
    /// <param name="bias">The bias [out], or <see langword="null"/>.</param>
    /// <param name="allowsBFloat16">Whether the product may round its input and its result to bfloat16 if the weight has that type.</param>
    internal static Tensor Linear(Tensor input, Tensor weight, Tensor? bias, bool allowsBFloat16 = false)
    {
        if (RowProduct.Fits(input) && RowProduct.Linear(input, weight) is { } row)
        {
            return bias is null ? row : WithBias(row, bias);
        }

        if (weight.dtype == input.dtype && !weight.requires_grad && MatrixProduct.Takes(input, weight))
        {
            bool isRecorded = is_grad_enabled() && input.requires_grad;
            if (!isRecorded || input.numel() * weight.size(0) >= LeastRecorded)
            {
                Tensor panels = isRecorded ? FunctionMemory.WithoutSpare(apply(input, weight)) : ConvertedProduct.Linear(input, weight);
                return bias is null ? panels : WithBias(panels, bias);
            }
        }

        if (weight.dtype == input.dtype)
        {
            // A bias that an adapter trains is float32, whatever the base is.
            return bias is null || bias.dtype == input.dtype
                ? nn.functional.linear(input, weight, bias)
                : WithBias(nn.functional.linear(input, weight), bias);
        }

        using DisposeScope scope = NewDisposeScope();
        Tensor product = weight.requires_grad ? nn.functional.linear(input, weight.to(input.dtype))
            : input.numel() == 0 ? input.new_zeros(TensorSizes.WithLast(input, weight.size(0)))   // asks for the width: the weight is not converted
            : allowsBFloat16 && IsFasterInBFloat16(input, weight) ? BFloat16Product.Linear(input, weight)
            : FunctionMemory.WithoutSpare(apply(input, weight));
        return (bias is null ? product : product.add_(bias.to(input.dtype), Scalars.One)).MoveToOuterDisposeScope();
    }

    /// <summary>Whether the processor multiplies this many rows faster in bfloat16.</summary>
    internal static bool IsFasterInBFloat16(Tensor input, Tensor weight) =>
        weight.dtype == ScalarType.BFloat16
        && weight.device_type == DeviceType.CPU
        && BFloat16Speed.IsFaster(input.numel() / input.size(-1), weight.numel());

    private static Tensor WithBias(Tensor product, Tensor bias)
    {
        using Tensor own = product;
        using Tensor converted = bias.to(product.dtype);
        return product.add(converted, Scalars.One);
    }

    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        using DisposeScope scope = NewDisposeScope();
        var input = (Tensor)vars[0];
        var weight = (Tensor)vars[1];
        ctx.save_for_backward([weight]);
        return FunctionMemory.EndForward(ctx, ConvertedProduct.Linear(input, weight).MoveToOuterDisposeScope());
    }

    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor weight = ctx.get_saved_variables()[0];
        Tensor rows = ConvertedProduct.AddGradient(null, grad_output.reshape(-1, weight.size(0)), weight);
        Tensor gradient = rows.view(TensorSizes.WithLast(grad_output, weight.size(1)));
        return FunctionMemory.EndBackward(grad_output, [gradient, null!]);
    }
}
