using Peft.Declarative.Layers;
using Peft.Declarative.Methods.Lora;
using Peft.Declarative.Native;
using Peft.Declarative.Slots;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Peft.Declarative.Methods.Dora;

/// <summary>The trained magnitudes <c>m</c> [out] of a weight's rows, and their current norms. Liu et al. 2024, section 4.1.</summary>
internal sealed class DoraMagnitude : IDisposable
{
    internal const string Name = "lora_magnitude_vector";

    private readonly WeightLayer _layer;
    private Parameter? _measured;
    private (ScalarType Type, DeviceType Device) _measuredAs;
    private Tensor? _squares;

    /// <summary>Creates magnitudes that are the norms of the rows with the product added, so that nothing changes at the start.</summary>
    internal DoraMagnitude(WeightLayer layer, Tensor a, Tensor b, double scaling)
    {
        _layer = layer;
        using DisposeScope scope = NewDisposeScope();
        Vector = WeightLayer.Trainable(Norms(a, b, scaling).clone());
    }

    /// <summary><c>m</c> [out].</summary>
    internal Parameter Vector { get; }

    /// <summary>Computes <c>m / ‖W + s B A‖</c> per row [out]. The norm is a constant in the backward pass, as in the paper (section 4.3).</summary>
    internal Tensor Ratio(Tensor a, Tensor b, double scaling)
    {
        using DisposeScope scope = NewDisposeScope();
        return (Vector / Norms(a, b, scaling)).MoveToOuterDisposeScope();
    }

    /// <summary>Frees the magnitudes.</summary>
    public void Dispose()
    {
        Vector.Dispose();
        _squares?.Dispose();
    }

    /// <summary>Gets the vector with its name in the adapter's file.</summary>
    internal AdapterTensor TensorAt(string path) => new($"{AdapterKeys.Model}{path}.{Name}", Vector);

    /// <summary>Computes the weight with the product added and its rows scaled to their magnitudes, in the layer's own layout.</summary>
    internal Tensor Merge(Tensor weight, Tensor a, Tensor b, double scaling) =>
        (weight.add(_layer.ToWeightLayout(LoraDelta.Weight(a, b, scaling)), Scalars.One)) * _layer.ToWeightLayout(Ratio(a, b, scaling).unsqueeze(1));

    /// <summary>Computes <c>‖W + s B A‖</c> per row [out], without recording it.</summary>
    /// <remarks>It needs no copy of the weight: what changes with the factors is a product of rank rows.</remarks>
    internal Tensor Norms(Tensor a, Tensor b, double scaling)
    {
        using IDisposable untracked = no_grad();
        using DisposeScope scope = NewDisposeScope();
        Tensor cross = _layer.Quantized is { } store ? Cross(a, store) : FrozenProduct.Linear(a, _layer.OutputRows(), null);
        return Operators.RowNorms(Squares(), cross, a, b, scaling).MoveToOuterDisposeScope();
    }

    private static Tensor Cross(Tensor a, QuantizedStore store)
    {
        Tensor cross = a.new_empty(a.size(0), store.Size(store.LayerIsTransposed ? 1 : 0));
        BlockProduct.Compute(cross, adds: false, a, store, transposes: store.HasOutputRows, narrow: false);
        return cross;
    }

    // The base's part changes only when the weight is replaced or converted.
    private Tensor Squares()
    {
        if (!ReferenceEquals(_measured, _layer.weight) || _measuredAs != (_layer.weight.dtype, _layer.weight.device_type))
        {
            _squares?.Dispose();
            _measured = _layer.weight;
            _measuredAs = (_measured.dtype, _measured.device_type);
            _squares = (_layer.Quantized is { } store ? BlockProduct.SquaresOfOutputs(store) : ConvertedProduct.SquaresOfOutputs(_layer.OutputRows()))
                .DetachFromDisposeScope();
        }

        return _squares!;
    }
}
