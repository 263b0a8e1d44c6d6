using Peft.Declarative.Native;
using Peft.Declarative.Quantization;
using static TorchSharp.torch;

namespace Peft.Declarative.Layers;

/// <summary>
/// <c>x Wᵀ + b</c> with a <c>W</c> in 4 or 8 bits, which is dequantized block by block during the product and again in the backward pass. Only <c>x</c>
/// receives a gradient. Dettmers et al. 2023, arXiv 2305.14314, equation 5.
/// </summary>
internal sealed class QuantizedProduct : autograd.SingleTensorFunction<QuantizedProduct>
{
    public override string Name => nameof(QuantizedProduct);

    /// <param name="input">The input […, in].</param>
    /// <param name="store">The weight.</param>
    /// <param name="bias">The bias [out], or <see langword="null"/>.</param>
    /// <param name="allowsBFloat16">Whether the product may round its input, the weight and its result to bfloat16.</param>
    internal static Tensor Linear(Tensor input, QuantizedStore store, Tensor? bias, bool allowsBFloat16 = false)
    {
        using DisposeScope scope = NewDisposeScope();
        bool narrow = allowsBFloat16 && IsFasterInBFloat16(input, store);
        Tensor product = RowProduct.Fits(input) && RowProduct.Linear(input, store) is { } row ? row
            : is_grad_enabled() && input.requires_grad ? FunctionMemory.WithoutSpare(apply(input, store, narrow))
            : Forward(input, store, narrow);
        return (bias is null ? product : product.add_(bias.to(input.dtype), Scalars.One)).MoveToOuterDisposeScope();
    }

    /// <summary>Whether the processor multiplies this many rows faster in bfloat16.</summary>
    internal static bool IsFasterInBFloat16(Tensor input, QuantizedStore store) =>
        input.device_type == DeviceType.CPU && BFloat16Speed.IsFaster(input.numel() / Math.Max(1, input.size(-1)), store.Weight.Elements);

    /// <summary>The product without its gradient.</summary>
    /// <param name="input">The input […, in].</param>
    /// <param name="store">The weight.</param>
    /// <param name="narrow">Whether blocks are multiplied in bfloat16.</param>
    /// <param name="type">The type of the product; that of the input unless given.</param>
    internal static Tensor Forward(Tensor input, QuantizedStore store, bool narrow, ScalarType? type = null)
    {
        ScalarType result = type ?? input.dtype;
        ScalarType sums = narrow && !store.HasOutputRows ? ScalarType.Float32 : result;   // each block is a part of them
        using IDisposable untracked = no_grad();
        using DisposeScope scope = NewDisposeScope();
        QuantizationSettings settings = store.Weight.Settings;
        Tensor rounded = settings.Type == QuantizationType.Int8 ? RowInt8Input.Round(input, settings.OutlierThreshold) : input;
        Tensor output = input.new_empty(TensorSizes.WithLast(input, store.Size(store.LayerIsTransposed ? 1 : 0)), dtype: sums);
        BlockProduct.Compute(Rows(output), adds: false, Rows(rounded), store, transposes: store.HasOutputRows, narrow);
        return (sums == result ? output : output.to(result)).MoveToOuterDisposeScope();
    }

    /// <summary>Adds the gradient of the input, <c>g W</c>, to a tensor in place; makes a new one if there is none.</summary>
    /// <param name="sum">The tensor [rows, in], or null.</param>
    /// <param name="gradient">The gradient of the output [rows, out].</param>
    /// <param name="store">The weight.</param>
    /// <param name="narrow">Whether blocks are multiplied in bfloat16.</param>
    internal static Tensor AddGradient(Tensor? sum, Tensor gradient, QuantizedStore store, bool narrow)
    {
        using IDisposable untracked = no_grad();
        ScalarType sums = narrow ? ScalarType.Float32 : gradient.dtype;
        Tensor result = sum ?? gradient.new_empty([gradient.size(0), store.Size(store.LayerIsTransposed ? 0 : 1)], dtype: sums);
        BlockProduct.Compute(result, adds: sum is not null, gradient, store, transposes: !store.HasOutputRows, narrow);
        return result;
    }

    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        var input = (Tensor)vars[0];
        var store = (QuantizedStore)vars[1];
        bool narrow = (bool)vars[2];
        ctx.save_data(nameof(store), store);
        ctx.save_data(nameof(narrow), narrow);
        return FunctionMemory.EndForward(ctx, Forward(input, store, narrow));
    }

    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        using DisposeScope scope = NewDisposeScope();
        var store = (QuantizedStore)ctx.get_data("store");
        Tensor rows = AddGradient(null, Rows(grad_output), store, (bool)ctx.get_data("narrow"));
        Tensor gradient = rows.view(TensorSizes.WithLast(grad_output, rows.size(1)));
        return FunctionMemory.EndBackward(grad_output, [gradient, null!, null!]);
    }

    private static Tensor Rows(Tensor x) => x.reshape(-1, x.size(-1));
}
