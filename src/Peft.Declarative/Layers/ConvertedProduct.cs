using Peft.Declarative.Native;
using Peft.Declarative.Native.Panels;
using Peft.Declarative.Quantization;
using static TorchSharp.torch;

namespace Peft.Declarative.Layers;

/// <summary>
/// Products with a weight <c>W</c> of another type than the input: its rows are converted and multiplied block by block, so that a copy of the whole weight,
/// which for an output head is the largest tensor of a step, never exists. Each block fills columns of the result, or is a part of its sums.
/// </summary>
internal static class ConvertedProduct
{
    /// <summary>Computes <c>x Wᵀ</c>, a new tensor […, out].</summary>
    /// <param name="input">The input […, in].</param>
    /// <param name="weight">The weight [out, in]; it can be a transposed view.</param>
    internal static Tensor Linear(Tensor input, Tensor weight)
    {
        if (MatrixProduct.Panels(input, weight) is { } product)
        {
            return product;
        }

        if (!Divides(input, weight))
        {
            using Tensor converted = weight.to(input.dtype);
            return nn.functional.linear(input, converted);
        }

        return LinearInBlocks(input, weight);
    }

    /// <summary>Adds <c>g W</c> to a tensor in place; makes a new one if there is none.</summary>
    /// <param name="sum">The tensor [rows, in], or null.</param>
    /// <param name="gradient">The gradient of the output [rows, out].</param>
    /// <param name="weight">The weight [out, in]; it can be a transposed view.</param>
    internal static Tensor AddGradient(Tensor? sum, Tensor gradient, Tensor weight)
    {
        if (MatrixProduct.Fits(gradient, weight))
        {
            return MatrixProduct.Put(sum ?? gradient.new_empty(gradient.size(0), weight.size(1)), gradient, weight, adds: sum is not null);
        }

        if (!Divides(gradient, weight))
        {
            using Tensor converted = weight.to(gradient.dtype);
            return sum is null ? gradient.mm(converted) : sum.addmm_(gradient, converted, 1f, 1f);
        }

        return AddGradientInBlocks(sum, gradient, weight);
    }

    /// <summary>Computes the sums of squares of the rows of a weight [out, in], in float32 [out]. On a GPU as well, a block is converted at a time.</summary>
    internal static Tensor SquaresOfOutputs(Tensor weight)
    {
        Tensor squares = weight.new_empty([weight.size(0)], dtype: ScalarType.Float32);
        long rows = Math.Clamp(RowBlocks.Elements / weight.size(1), 1, weight.size(0));
        for (long first = 0; first < weight.size(0); first += rows)
        {
            using DisposeScope scope = NewDisposeScope();
            long count = Math.Min(rows, weight.size(0) - first);
            Tensor block = weight.narrow(0, first, count).to(ScalarType.Float32);
            squares.narrow(0, first, count).copy_(block.mul(block).sum(dim: 1));
        }

        return squares;
    }

    // Sums in a smaller type would be rounded after each block; a weight that is not converted needs no copy.
    private static bool Divides(Tensor input, Tensor weight) =>
        input.dtype == ScalarType.Float32 && weight.dtype != ScalarType.Float32 && input.numel() > 0 && RowBlocks.RowsOf(weight) < weight.size(0);

    // Apart from what calls it, as is the other one, so that only these allocate a closure.
    private static Tensor LinearInBlocks(Tensor input, Tensor weight)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor output = input.new_empty(TensorSizes.WithLast(input, weight.size(0)));
        Tensor target = output.view(-1, weight.size(0));
        Tensor factor = input.reshape(-1, input.size(-1));
        ForEachBlock(weight, input.dtype, (block, first, count) => target.narrow(1, first, count).addmm_(factor, block.t(), 0f, 1f));
        return output.MoveToOuterDisposeScope();
    }

    private static Tensor AddGradientInBlocks(Tensor? sum, Tensor gradient, Tensor weight)
    {
        Tensor result = sum ?? gradient.new_empty(gradient.size(0), weight.size(1));
        ForEachBlock(weight, gradient.dtype, (block, first, count) =>
            result.addmm_(gradient.narrow(1, first, count), block, sum is null && first == 0 ? 0f : 1f, 1f));
        return result;
    }

    private static void ForEachBlock(Tensor weight, ScalarType type, Action<Tensor, long, long> multiply)
    {
        long rows = RowBlocks.RowsOf(weight);
        using Tensor buffer = weight.new_empty([rows, weight.size(1)], dtype: type);
        for (long first = 0; first < weight.size(0); first += rows)
        {
            using DisposeScope scope = NewDisposeScope();
            long count = Math.Min(rows, weight.size(0) - first);
            multiply(buffer.narrow(0, 0, count).copy_(weight.narrow(0, first, count)), first, count);
        }
    }
}
