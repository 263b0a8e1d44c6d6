using Peft.Declarative.Native;
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
        Tensor x = input.reshape(-1, shape.First.Columns, shape.Second.Columns);
        x = Apply(second, 1, second.Count, x).transpose(-2, -1);   // W1 meets the short side of a W2 that is a product
        x = Apply(first, 0, first.Count, x).transpose(-2, -1);
        x = Apply(second, 0, 1, x);
        return x.reshape(TensorSizes.WithLast(input, shape.First.Rows * shape.Second.Rows)).MoveToOuterDisposeScope();
    }

    // Multiplies the last dimension with some of the matrices, from the right one to the left one.
    private static Tensor Apply(IReadOnlyList<Tensor> matrices, int first, int end, Tensor x)
    {
        for (int i = end - 1; i >= first; i--)
        {
            x = Apply(matrices[i], x);
        }

        return x;
    }

    private static Tensor Apply(Tensor matrix, Tensor x) => matrix.dim() == 2
        ? nn.functional.linear(x, matrix)
        : x.reshape(matrix.size(0), -1, matrix.size(2)).bmm(matrix.transpose(1, 2)).reshape(TensorSizes.WithLast(x, matrix.size(1)));
}
