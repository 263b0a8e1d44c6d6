using Peft.Declarative.Layers;
using static TorchSharp.torch;

namespace Peft.Declarative.Slots.Products;

/// <summary>The product of a layer with what an adapter does to it, to be computed by <see cref="JointProduct"/>.</summary>
/// <param name="Base">The layer's weight.</param>
/// <param name="Term">What is done to it; null for a layer without adapters.</param>
internal readonly record struct LayerProduct(FrozenOperand Base, LayerTerm? Term)
{
    /// <summary>Whether the function is used. Tests compare with the operations that it replaces.</summary>
    internal static bool IsEnabled { get; set; } = true;

    /// <summary>The product of a layer and of the part around it, or null if they must be computed one after the other.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="part">The part around it; null for none.</param>
    /// <param name="input">The input of the layer […, in].</param>
    internal static LayerProduct? Of(WeightLayer layer, AdapterLayer? part, Tensor input)
    {
        if (!IsEnabled || !is_grad_enabled() || input.dtype != ScalarType.Float32 || FrozenOperand.Of(layer, input) is not { } operand)
        {
            return null;
        }

        if (part is null)
        {
            return input.requires_grad ? new LayerProduct(operand, null) : null;
        }

        return part.Term(input) is { } term && (input.requires_grad || term.IsTrained) ? new LayerProduct(operand, term) : null;
    }

    /// <summary>Computes the output […, out].</summary>
    internal Tensor Compute(Tensor input) => JointProduct.Of(input, [this])[0];
}
