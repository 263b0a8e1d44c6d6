using Peft.Declarative.Native;
using Peft.Declarative.Native.Panels;
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
    /// <param name="target">The tensor [rows, columns] that receives the product, in a type that its sums are not rounded to.</param>
    /// <param name="adds">Whether the product is added to what <paramref name="target"/> contains.</param>
    /// <param name="input">The matrix <c>x</c>.</param>
    /// <param name="store">The codes <c>C</c>.</param>
    /// <param name="transposes">Whether the product is <c>x Cᵀ</c>.</param>
    /// <param name="narrow">Whether each block is multiplied in bfloat16.</param>
    internal static void Compute(Tensor target, bool adds, Tensor input, QuantizedStore store, bool transposes, bool narrow)
    {
        if (narrow || !FourBitProduct.Put(target, input, store.Weight, transposes, adds))
        {
            ComputeInBlocks(target, adds, input, store, transposes, narrow);
        }
    }

    /// <summary>Computes the sums of squares of the weights of each output [out], in float32.</summary>
    internal static Tensor SquaresOfOutputs(QuantizedStore store)
    {
        QuantizedTensor codes = store.Weight;
        Tensor squares = zeros(store.Size(store.LayerIsTransposed ? 1 : 0), dtype: ScalarType.Float32, device: codes.Packed.device);
        ForEachBlock(store, RowBlocks.RowsOf(codes), ScalarType.Float32, (block, first, count) =>
        {
            Tensor target = store.HasOutputRows ? squares.narrow(0, first, count) : squares;
            target.add_(block.mul(block).sum(dim: store.HasOutputRows ? 1 : 0), Scalars.One);
        });
        return squares;
    }

    // Apart, so that only this allocates a closure.
    private static void ComputeInBlocks(Tensor target, bool adds, Tensor input, QuantizedStore store, bool transposes, bool narrow)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor factor = narrow ? input.to(ScalarType.BFloat16) : input;
        QuantizedTensor codes = store.Weight;

        // Sums in a smaller type would be rounded after each block.
        long rows = narrow || input.dtype == ScalarType.Float32 ? RowBlocks.RowsOf(codes) : codes.Shape[0];
        ForEachBlock(store, rows, factor.dtype, (block, first, count) =>
        {
            if (transposes)
            {
                Compute(target.narrow(1, first, count), adds, factor, block.t());
            }
            else
            {
                Compute(target, adds || first > 0, factor.narrow(1, first, count), block);
            }
        });
    }

    private static void ForEachBlock(QuantizedStore store, long rows, ScalarType type, Action<Tensor, long, long> use)
    {
        for (long first = 0; first < store.Weight.Shape[0]; first += rows)
        {
            using DisposeScope scope = NewDisposeScope();
            long count = Math.Min(rows, store.Weight.Shape[0] - first);
            using DenseLease dense = store.Dequantizer.RentRows(store.Weight, type, first, count);
            use(dense.Value, first, count);
        }
    }

    private static void Compute(Tensor target, bool adds, Tensor factor, Tensor block)
    {
        if (factor.dtype == target.dtype)
        {
            MatrixProduct.Put(target, factor, block, adds);
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
