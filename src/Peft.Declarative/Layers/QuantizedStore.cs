using Peft.Declarative.Quantization;
using static TorchSharp.torch;

namespace Peft.Declarative.Layers;

/// <summary>The 4-bit weight of a layer.</summary>
/// <param name="Weight">The codes and scales, in the layout of the layer's weight.</param>
/// <param name="Dequantizer">The dequantizer, which all layers of the model share.</param>
/// <param name="Transposed">Whether the layout of the weight is [in, out].</param>
internal sealed record QuantizedStore(QuantizedTensor Weight, Dequantizer Dequantizer, bool Transposed)
{
    /// <summary>Dequantizes the weight in its own layout. The caller disposes the result after use.</summary>
    internal DenseLease Rent(ScalarType type) => Dequantizer.Rent(Weight, type);

    /// <summary>A view of a dense weight with the layout [out, in].</summary>
    internal Tensor OutputRows(Tensor dense) => Transposed ? dense.t() : dense;
}
