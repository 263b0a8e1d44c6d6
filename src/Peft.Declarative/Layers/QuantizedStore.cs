using Peft.Declarative.Quantization;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Peft.Declarative.Layers;

/// <summary>The weight of a layer in 4 or 8 bits.</summary>
/// <param name="Weight">The codes and scales, in the layout of the layer's weight, or in rows [out, in] where a row has a scale.</param>
/// <param name="Dequantizer">The dequantizer, which all layers of the model share.</param>
/// <param name="LayerIsTransposed">Whether the layout of the layer's weight is [in, out].</param>
internal sealed record QuantizedStore(QuantizedTensor Weight, Dequantizer Dequantizer, bool LayerIsTransposed)
{
    /// <summary>
    /// The weight before it was rounded, in the layout of the layer, for an initialization that makes up for the rounding; <see langword="null"/> if it is gone.
    /// A view of a file needs no memory.
    /// </summary>
    internal Parameter? Original { get; init; }

    /// <summary>Whether <see cref="Original"/> is a view of a file.</summary>
    internal bool OriginalIsMapped { get; init; }

    /// <summary>Whether the codes were chosen together with the factors of an adapter.</summary>
    internal bool IsFitted { get; init; }

    /// <summary>Brings a dense weight [out, in] into the layout of the codes.</summary>
    internal Tensor InLayoutOfCodes(Tensor rows) => HasOutputRows ? rows : rows.t();

    /// <summary>Frees the codes, the scales and the original.</summary>
    internal void Dispose()
    {
        Weight.Dispose();
        Original?.Dispose();
    }

    /// <summary>Whether the codes are in rows [out, in] although the layer's weight is not.</summary>
    private bool IsTurned => LayerIsTransposed && Weight.Settings.Type == QuantizationType.Int8;

    /// <summary>The size of a dimension of the layer's weight.</summary>
    internal long Size(int dimension) => Weight.Shape[IsTurned ? 1 - dimension : dimension];

    /// <summary>The dense weight in the layout of the layer, in the caller's dispose scope.</summary>
    internal Tensor Dense(ScalarType? type = null)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor dense = Weight.Dequantize(type);
        return (IsTurned ? dense.t().contiguous() : dense).MoveToOuterDisposeScope();
    }

    /// <summary>Dequantizes the weight in the layout of the codes. The caller disposes the result after use.</summary>
    internal DenseLease Rent(ScalarType type) => Dequantizer.Rent(Weight, type);

    /// <summary>Whether the rows of codes are those of the outputs: the layout [out, in].</summary>
    internal bool HasOutputRows => !LayerIsTransposed || IsTurned;

    /// <summary>A view of a dense tensor in the layout of the codes, with the layout [out, in].</summary>
    internal Tensor OutputRows(Tensor dense) => HasOutputRows ? dense : dense.t();
}
