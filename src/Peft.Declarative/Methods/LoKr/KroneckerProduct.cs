using static TorchSharp.torch;

namespace Peft.Declarative.Methods.LoKr;

/// <summary>The product of a Kronecker product with an input, in the order of the fewest operations.</summary>
internal static class KroneckerProduct
{
    /// <summary>
    /// Computes <c>(W1 ⊗ W2) x = W1 X W2ᵀ</c>, where the matrix <c>X</c> has the elements of <c>x</c> row by row.
    /// </summary>
    /// <param name="input">The input […, in]; with stacked factors [adapters, positions, in].</param>
    /// <param name="first"><c>W1</c>, or the matrices whose product it is; or those of several adapters, stacked.</param>
    /// <param name="second"><c>W2</c> in the same form.</param>
    /// <param name="shape">The sizes of both.</param>
    internal static Tensor Of(Tensor input, IReadOnlyList<Tensor> first, IReadOnlyList<Tensor> second, KroneckerShape shape)
    {
        using DisposeScope scope = NewDisposeScope();
        long[] places = input.shape[..^1];
        Tensor x = input.reshape([.. places, shape.First.Columns, shape.Second.Columns]);
        x = Apply(second.Skip(1), x).transpose(-2, -1);   // W1 meets the short side of a W2 that is a product
        x = Apply(first, x).transpose(-2, -1);
        x = Apply(second.Take(1), x);
        return x.reshape([.. places, shape.First.Rows * shape.Second.Rows]).MoveToOuterDisposeScope();
    }

    // Multiplies the last dimension with matrices, from the right one to the left one.
    private static Tensor Apply(IEnumerable<Tensor> matrices, Tensor x) => matrices.Reverse().Aggregate(x, (rows, matrix) => matrix.dim() == 2
        ? nn.functional.linear(rows, matrix)
        : rows.reshape(matrix.size(0), -1, matrix.size(2)).bmm(matrix.transpose(1, 2)).reshape([.. rows.shape[..^1], matrix.size(1)]));
}
