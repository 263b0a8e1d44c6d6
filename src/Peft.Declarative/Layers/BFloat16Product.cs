using static TorchSharp.torch;

namespace Peft.Declarative.Layers;

/// <summary>
/// <c>x Wᵀ</c> with a frozen <c>W</c> in bfloat16, multiplied in bfloat16: <c>x</c> and the result are rounded, and sums are float32. The gradient
/// <c>g W</c> is computed alike. Everything between two products is computed in float32.
/// </summary>
/// <remarks>Autograd saves nothing for it but the weight itself, which it would need a copy of in any other type.</remarks>
internal static class BFloat16Product
{
    /// <param name="input">The input […, in] in any type.</param>
    /// <param name="weight">The weight, bfloat16 [out, in], which requires no gradient; it can be a transposed view.</param>
    /// <param name="type">The type of the product; that of the input unless given.</param>
    /// <returns>The product […, out].</returns>
    internal static Tensor Linear(Tensor input, Tensor weight, ScalarType? type = null)
    {
        using DisposeScope scope = NewDisposeScope();
        return nn.functional.linear(input.to(ScalarType.BFloat16), weight).to(type ?? input.dtype).MoveToOuterDisposeScope();
    }
}
