using static TorchSharp.torch;

namespace Peft.Declarative.Methods.SparseMask;

/// <summary>
/// The product <c>x W'ᵀ</c>, where <c>W'</c> is a frozen weight with a few entries replaced. The dense <c>W'</c> is created for the product, freed,
/// and created again in the backward pass. Only the replaced entries receive gradients.
/// </summary>
internal sealed class SparseProduct : autograd.SingleTensorFunction<SparseProduct>
{
    public override string Name => nameof(SparseProduct);

    /// <param name="input">The input […, in].</param>
    /// <param name="values">The values of the entries [n].</param>
    /// <param name="indices">Their flat positions [n], int64, in the weight's own layout.</param>
    /// <param name="weight">The frozen weight.</param>
    /// <param name="layout">The layout of the weight, and whether the entries are in the weight or in zeros.</param>
    internal static Tensor Linear(Tensor input, Tensor values, Tensor indices, Tensor weight, SparseLayout layout) =>
        apply(input, values, indices, weight, layout);

    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        using DisposeScope scope = NewDisposeScope();
        (var input, var values, var indices, var weight) = ((Tensor)vars[0], (Tensor)vars[1], (Tensor)vars[2], (Tensor)vars[3]);
        var layout = (SparseLayout)vars[4];
        ctx.save_for_backward([input, values, indices, weight]);
        ctx.save_data(nameof(layout), layout);
        return nn.functional.linear(input, Rows(weight, values, indices, input.dtype, layout)).MoveToOuterDisposeScope();
    }

    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        using DisposeScope scope = NewDisposeScope();
        List<Tensor> saved = ctx.get_saved_variables();
        (Tensor input, Tensor values, Tensor indices, Tensor weight) = (saved[0], saved[1], saved[2], saved[3]);
        var layout = (SparseLayout)ctx.get_data("layout");

        Tensor rows = Rows(weight, values, indices, grad_output.dtype, layout);
        Tensor inputGradient = nn.functional.linear(grad_output, rows.t());
        Tensor x = input.reshape(-1, input.size(-1));
        Tensor y = grad_output.reshape(-1, grad_output.size(-1));
        Tensor dense = layout.Transposed ? x.t().mm(y) : y.t().mm(x);
        Tensor valueGradient = dense.reshape(-1).index_select(0, indices).to(values.dtype);
        return [inputGradient.MoveToOuterDisposeScope(), valueGradient.MoveToOuterDisposeScope(), null!, null!, null!];
    }

    // As [out, in], whatever the layout.
    private static Tensor Rows(Tensor weight, Tensor values, Tensor indices, ScalarType type, SparseLayout layout)
    {
        Tensor dense = layout.OverWeight
            ? weight.detach().to(type, copy: true).contiguous()
            : zeros(weight.size(0), weight.size(1), dtype: type, device: weight.device);
        dense.view(-1).index_copy_(0, indices, values.detach().to(type));
        return layout.Transposed ? dense.t() : dense;
    }
}

/// <summary>The layout of sparse entries in a weight.</summary>
/// <param name="Transposed">Whether the weight is [in, out] instead of [out, in].</param>
/// <param name="OverWeight">Whether the entries replace those of the weight; otherwise all others are zero.</param>
internal sealed record SparseLayout(bool Transposed, bool OverWeight);
