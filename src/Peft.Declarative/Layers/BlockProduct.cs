using Peft.Declarative.Native;
using Peft.Declarative.Quantization;
using static TorchSharp.torch;

namespace Peft.Declarative.Layers;

/// <summary>
/// Products with the codes <c>C</c> of a quantized weight, whose rows are dequantized and multiplied block by block: one small buffer holds them in turn, so
/// the dense weight never exists. Each block fills columns of the result, or is a part of its sums, which are float32.
/// </summary>
internal static class BlockProduct
{
    /// <summary>Computes <c>x Cᵀ</c> or <c>x C</c>.</summary>
    /// <param name="target">The tensor [rows, columns] in the type of <paramref name="input"/> that receives the product.</param>
    /// <param name="adds">Whether the product is added to what <paramref name="target"/> contains.</param>
    /// <param name="input">The matrix <c>x</c>.</param>
    /// <param name="store">The codes <c>C</c>.</param>
    /// <param name="transposes">Whether the product is <c>x Cᵀ</c>.</param>
    /// <param name="narrow">Whether each block is multiplied in bfloat16.</param>
    internal static void Compute(Tensor target, bool adds, Tensor input, QuantizedStore store, bool transposes, bool narrow)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor factor = narrow ? input.to(ScalarType.BFloat16) : input;
        QuantizedTensor codes = store.Weight;

        // Sums in a smaller type would be rounded after each block.
        long rows = narrow || input.dtype == ScalarType.Float32 ? RowBlocks.RowsOf(codes) : codes.Shape[0];
        for (long first = 0; first < codes.Shape[0]; first += rows)
        {
            using DisposeScope blockScope = NewDisposeScope();
            long count = Math.Min(rows, codes.Shape[0] - first);
            using DenseLease dense = store.Dequantizer.RentRows(codes, factor.dtype, first, count);
            if (transposes)
            {
                Compute(target.narrow(1, first, count), adds, factor, dense.Value.t());
            }
            else
            {
                Compute(target, adds || first > 0, factor.narrow(1, first, count), dense.Value);
            }
        }
    }

    private static void Compute(Tensor target, bool adds, Tensor factor, Tensor block)
    {
        if (factor.dtype == target.dtype)
        {
            target.addmm_(factor, block, adds ? 1f : 0f, 1f);
        }
        else if (adds)
        {
            target.add_(factor.mm(block), Scalars.One);
        }
        else
        {
            target.copy_(factor.mm(block));
        }
    }
}
