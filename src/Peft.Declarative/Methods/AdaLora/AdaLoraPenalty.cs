using Peft.Declarative.Native;
using static TorchSharp.torch;

namespace Peft.Declarative.Methods.AdaLora;

/// <summary>The orthogonality term of the loss. Zhang et al. 2023, arXiv 2303.10512, equation 4.</summary>
internal static class AdaLoraPenalty
{
    /// <summary>
    /// Computes <c>weight · mean ‖P Pᵀ − I‖</c> over every <c>A</c> and <c>Bᵀ</c> of an adapter, in the Frobenius norm; <see langword="null"/> if it
    /// has none.
    /// </summary>
    internal static Tensor? Of(Adapter adapter, double weight)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor[] distances = [.. adapter.Parts.Select(entry => entry.Part).OfType<AdaLoraLinear>().SelectMany(layer =>
            (Tensor[])[Distance(layer.A.mm(layer.A.t())), Distance(layer.B.t().mm(layer.B))])];
        return distances.Length == 0 ? null : stack(distances).mean().mul(Scalars.Of(weight)).MoveToOuterDisposeScope();
    }

    private static Tensor Distance(Tensor products) => linalg.norm(products - eye(products.size(0), device: products.device));
}
