using static TorchSharp.torch;

namespace Peft.Declarative.Slots.Products;

/// <summary>
/// What a part of an adapter does to the product of its layer, if it can be computed together with it: <c>y = W x + s · B (A x')</c>, or with magnitudes
/// <c>y = m / n ∘ (W x + s · B (A x'))</c>. A bias of the layer is added after that.
/// </summary>
/// <param name="Input">The input of <c>A</c> […, in]: the input of the layer, or what dropout leaves of it.</param>
/// <param name="A"><c>A</c> [rank, in], float32.</param>
/// <param name="B"><c>B</c> [out, rank], float32.</param>
/// <param name="Scaling">The factor <c>s</c>.</param>
internal sealed record LowRankTerm(Tensor Input, Tensor A, Tensor B, double Scaling)
{
    /// <summary>The trained magnitudes <c>m</c> [out] of the outputs, or null.</summary>
    internal Tensor? Magnitudes { get; init; }

    /// <summary>The norms <c>n</c> [out], which are constants in the backward pass; null without magnitudes.</summary>
    internal Tensor? Norms { get; init; }
}
