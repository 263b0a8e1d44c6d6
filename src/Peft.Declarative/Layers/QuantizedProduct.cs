using Peft.Declarative.Native;
using Peft.Declarative.Quantization;
using static TorchSharp.torch;

namespace Peft.Declarative.Layers;

/// <summary>
/// <c>x Wᵀ + b</c> with a 4-bit <c>W</c>. The dense weight exists in a reused buffer only during the product and is computed again in the backward
/// pass. Only <c>x</c> receives a gradient. Dettmers et al. 2023, arXiv 2305.14314, equation 5.
/// </summary>
internal sealed class QuantizedProduct : autograd.SingleTensorFunction<QuantizedProduct>
{
    public override string Name => nameof(QuantizedProduct);

    internal static Tensor Linear(Tensor input, QuantizedStore store, Tensor? bias)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor product = is_grad_enabled() && input.requires_grad ? apply(input, store) : Multiply(input, store);
        return (bias is null ? product : product.add_(bias.to(input.dtype), Scalars.One)).MoveToOuterDisposeScope();
    }

    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        var input = (Tensor)vars[0];
        var store = (QuantizedStore)vars[1];
        ctx.save_data(nameof(store), store);
        return Multiply(input, store);
    }

    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        using DisposeScope scope = NewDisposeScope();
        var store = (QuantizedStore)ctx.get_data("store");
        using DenseLease dense = store.Rent(grad_output.dtype);
        Tensor gradient = nn.functional.linear(grad_output, store.OutputRows(dense.Value).t());
        return [gradient.MoveToOuterDisposeScope(), null!];
    }

    private static Tensor Multiply(Tensor input, QuantizedStore store)
    {
        using IDisposable untracked = no_grad();   // otherwise libtorch would save the dense weight for the backward pass
        using DisposeScope scope = NewDisposeScope();
        using DenseLease dense = store.Rent(input.dtype);
        return nn.functional.linear(input, store.OutputRows(dense.Value)).MoveToOuterDisposeScope();
    }
}
