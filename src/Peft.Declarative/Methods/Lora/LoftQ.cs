using Peft.Declarative.Layers;
using Peft.Declarative.Quantization;
using Peft.Declarative.Text.Errors;
using static TorchSharp.torch;

namespace Peft.Declarative.Methods.Lora;

/// <summary>
/// The initialization of low-rank factors that makes up for the rounding of a quantized base: codes <c>Q</c> and factors are chosen in turns so that
/// <c>Q + B A</c> is close to the weight <c>W</c>. Li et al. 2023, arXiv 2310.08659, algorithm 1.
/// </summary>
/// <remarks>As in the reference library, the scaling is not divided out: with alpha equal to the rank, training starts closest to the original base.</remarks>
internal static class LoftQ
{
    /// <summary>Replaces the codes of a layer and returns the factors; <see langword="null"/> if the layer is dense, so that nothing has to be made up for.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="adapter">The name of the adapter, for messages.</param>
    /// <param name="rank">The rank of the factors.</param>
    /// <param name="iterations">How often codes and factors are chosen, at least 1.</param>
    /// <exception cref="PeftException">PEFT303: the weight before rounding is gone, or another adapter has chosen other codes.</exception>
    internal static (Tensor A, Tensor B)? Start(WeightLayer layer, string adapter, int rank, int iterations)
    {
        if (layer.Quantized is not { } store)
        {
            return null;
        }

        if (store.Original is not { } original)
        {
            throw new PeftException(RuleIds.Incompatible, RuleTexts.LoftQNeedsDense(adapter));
        }

        using IDisposable untracked = no_grad();
        using DisposeScope scope = NewDisposeScope();
        Tensor weight = layer.ToWeightLayout(original.detach().to(layer.weight.device).to(ScalarType.Float32));   // [out, in]
        (QuantizedTensor codes, Tensor a, Tensor b) = Fit(weight, store, rank, iterations);
        if (store.IsFitted && !codes.Packed.eq(store.Weight.Packed).all().item<bool>())
        {
            codes.Dispose();
            throw new PeftException(RuleIds.Incompatible, RuleTexts.LoftQDiffers(adapter));
        }

        layer.StoreFitted(codes);
        return (a.MoveToOuterDisposeScope(), b.MoveToOuterDisposeScope());
    }

    // The residual is what the codes have to represent: at first the whole weight, then what the factors leave of it.
    private static (QuantizedTensor Codes, Tensor A, Tensor B) Fit(Tensor weight, QuantizedStore store, int rank, int iterations)
    {
        QuantizedTensor? codes = null;
        Tensor residual = weight;
        (Tensor a, Tensor b) = (weight, weight);
        for (int i = 0; i < iterations; i++)
        {
            codes?.Dispose();
            codes = QuantizedTensor.Quantize(store.InLayoutOfCodes(residual), store.Weight.Settings, weight.device, store.Weight.SourceType);
            (a, b) = Factors(weight - store.OutputRows(codes.Dequantize(ScalarType.Float32)), rank);
            residual = weight - b.mm(a);
        }

        return (codes!, a, b);
    }

    /// <summary>The best factors of a rank: <c>B = U √Σ</c> [out, rank] and <c>A = √Σ Vᵀ</c> [rank, in].</summary>
    internal static (Tensor A, Tensor B) Factors(Tensor matrix, int rank)
    {
        (Tensor u, Tensor s, Tensor vh) = linalg.svd(matrix, fullMatrices: false);
        long kept = Math.Min(rank, s.size(0));   // a rank above that of the matrix leaves zeros
        Tensor root = s.narrow(0, 0, kept).sqrt();
        Tensor b = nn.functional.pad(u.narrow(1, 0, kept) * root, [0, rank - kept]);
        Tensor a = nn.functional.pad(root.unsqueeze(1) * vh.narrow(0, 0, kept), [0, 0, 0, rank - kept]);
        return (a.contiguous(), b.contiguous());
    }
}
