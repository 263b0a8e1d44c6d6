using Peft.Declarative.Quantization;
using static TorchSharp.torch;

namespace Peft.Declarative.Layers;

/// <summary>A layer's weight in 4 bits, with what is needed to compute with it.</summary>
/// <param name="Weight">Codes and scales, in the layout of the layer's weight.</param>
/// <param name="Dequantizer">Shared by all layers of the model.</param>
/// <param name="Transposed">Whether the weight is [in, out].</param>
internal sealed record QuantizedStore(QuantizedTensor Weight, Dequantizer Dequantizer, bool Transposed)
{
    /// <summary>The dense weight in its own layout, until it is given back.</summary>
    internal DenseLease Rent(ScalarType type) => Dequantizer.Rent(Weight, type);

    /// <summary>A dense weight as [out, in].</summary>
    internal Tensor OutputRows(Tensor dense) => Transposed ? dense.t() : dense;
}
