using static TorchSharp.torch;

namespace Peft.Declarative.Slots.Products;

/// <summary>
/// A term beside the product of a layer: <c>s · B (A x')</c>, or with trained vectors over frozen factors <c>s · b ∘ B (d ∘ A x')</c>.
/// </summary>
/// <param name="Input">The input of <c>A</c> […, in]: the input of the layer, or what dropout leaves of it.</param>
/// <param name="A"><c>A</c> [rank, in], float32.</param>
/// <param name="B"><c>B</c> [out, rank], float32.</param>
/// <param name="Scaling">The factor <c>s</c>.</param>
internal readonly record struct LowRankTerm(Tensor Input, Tensor A, Tensor B, double Scaling)
{
    /// <summary>The vectors; null for none.</summary>
    internal FactorVectors? Vectors { get; init; }

    /// <summary>Whether anything of it is trained.</summary>
    internal bool IsTrained => A.requires_grad || B.requires_grad || Vectors is { IsTrained: true };

    /// <summary>Whether another term with the same input has the same <c>A</c>, so that <c>A x'</c> is that of both.</summary>
    internal bool SharesA(LowRankTerm other) => Vectors is { } vectors && ReferenceEquals(vectors.Owner, other.Vectors?.Owner);
}

/// <summary>The trained vectors of a low-rank term whose factors are frozen and shared by layers. Kopiczko et al. 2023, arXiv 2310.11454.</summary>
/// <param name="Inner"><c>d</c> [rank].</param>
/// <param name="Outer"><c>b</c> [out].</param>
/// <param name="Owner">What the frozen factors belong to: the same for all layers that share them.</param>
internal sealed record FactorVectors(Tensor Inner, Tensor Outer, object Owner)
{
    /// <summary>Whether they are trained.</summary>
    internal bool IsTrained => Inner.requires_grad || Outer.requires_grad;

    /// <summary>Computes <c>b ∘ B ∘ d</c>, a new tensor [out, rank], which is smaller than <c>d ∘ A x</c> wherever there are more rows than outputs.</summary>
    internal static Tensor Scaled(Tensor factor, Tensor inner, Tensor outer) => outer.unsqueeze(1).mul(inner).mul_(factor);

    /// <summary>Computes the gradients of <c>d</c> and <c>b</c> from that of their product.</summary>
    /// <param name="product">The gradient of <c>b ∘ B ∘ d</c>, transposed [rank, out]; it is overwritten.</param>
    /// <param name="factor"><c>B</c> [out, rank].</param>
    /// <param name="inner"><c>d</c> [rank].</param>
    /// <param name="outer"><c>b</c> [out].</param>
    internal static (Tensor Inner, Tensor Outer) Gradients(Tensor product, Tensor factor, Tensor inner, Tensor outer)
    {
        product.mul_(factor.t());
        return (product.mv(outer), product.t().mv(inner));
    }
}
