using Peft.Declarative.Native;
using Peft.Declarative.Native.Panels;
using static TorchSharp.torch;

namespace Peft.Declarative.Layers;

/// <summary>
/// The frozen weight of a layer as a factor of products, for functions that compute the output of the layer and the gradient of its input themselves. It
/// remains the same until the backward pass, even if the layer gets another weight.
/// </summary>
internal sealed class FrozenOperand
{
    private readonly Tensor? _weight;
    private readonly QuantizedStore? _store;
    private readonly Tensor? _bias;
    private readonly bool _isTransposed;
    private readonly bool _narrow;   // whether products are rounded to bfloat16

    private FrozenOperand(WeightLayer layer, Tensor input)
    {
        _isTransposed = layer is Conv1D;
        _bias = layer.bias;
        _store = layer.Quantized;
        _weight = _store is null ? layer.weight : null;
        _narrow = layer.MultipliesInBFloat16 && (_store is not null
            ? QuantizedProduct.IsFasterInBFloat16(input, _store)
            : FrozenProduct.IsFasterInBFloat16(input, _weight!));
    }

    /// <summary>The weight, for the backward pass, which must save it: the model may be disposed before. Null for a layer in 4 or 8 bits.</summary>
    internal Tensor? Weight => _weight;

    /// <summary>Whether the product reads its input in bfloat16, so that one copy of it serves all layers that read it.</summary>
    internal bool ReadsBFloat16 => _narrow && _store?.Weight.Settings.Type != QuantizationType.Int8;

    /// <summary>Whether the layer adds a bias.</summary>
    internal bool HasBias => _bias is not null;

    /// <summary>The weight of a layer, or null if the layer does more than multiply, or trains its weight or bias.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="input">Its input […, in] in float32.</param>
    internal static FrozenOperand? Of(WeightLayer layer, Tensor input)
    {
        bool onlyMultiplies = layer is Conv1D or TiedHead || layer.GetType() == typeof(Linear);
        if (!onlyMultiplies || ModuleHooks.Any(layer) || input.numel() == 0 || layer.bias is { requires_grad: true })
        {
            return null;
        }

        return layer.Quantized is null && (layer.weight.requires_grad || layer.weight.device_type != input.device_type) ? null : new FrozenOperand(layer, input);
    }

    /// <summary>Computes <c>x Wᵀ</c>, a new tensor […, out], without recording it.</summary>
    /// <param name="input">The input […, in], float32, or bfloat16 if <see cref="ReadsBFloat16"/>.</param>
    /// <param name="addsBias">Whether the bias is added.</param>
    /// <param name="type">The type of the result, bfloat16 only if <see cref="ReadsBFloat16"/>. The default is float32.</param>
    internal Tensor Multiply(Tensor input, bool addsBias, ScalarType type = ScalarType.Float32)
    {
        Tensor? bias = addsBias ? _bias : null;
        if (!_narrow && _weight?.dtype == input.dtype && (bias is null || bias.dtype == input.dtype))
        {
            return MatrixProduct.Panels(input, Rows(_weight!)) is not { } panels ? nn.functional.linear(input, Rows(_weight!), bias)
                : bias is null ? panels
                : AddBias(panels);
        }

        Tensor product = _store is not null ? QuantizedProduct.Forward(input, _store, _narrow, type)
            : _narrow ? BFloat16Product.Linear(input, Rows(_weight!), type)
            : ConvertedProduct.Linear(input, Rows(_weight!));
        return bias is null ? product : AddBias(product);
    }

    /// <summary>Adds the bias in place.</summary>
    internal Tensor AddBias(Tensor output) => output.add_(_bias!.to(output.dtype), Scalars.One);

    /// <summary>Adds <c>g W</c> to the gradient of the input in place; begins it if there is none.</summary>
    /// <param name="sum">The gradient so far [rows, in], or null.</param>
    /// <param name="gradient">The gradient of the output [rows, out], in the type of that.</param>
    /// <param name="weight"><see cref="Weight"/>, as it was saved.</param>
    internal Tensor AddGradient(Tensor? sum, Tensor gradient, Tensor? weight)
    {
        gradient = _narrow ? gradient : KeptActivations.Wide(gradient);
        if (weight is not null && !_narrow)
        {
            return ConvertedProduct.AddGradient(sum, gradient, Rows(weight));
        }

        if (weight is null)
        {
            return QuantizedProduct.AddGradient(sum, gradient, _store!, _narrow);
        }

        Tensor product = BFloat16Product.Linear(gradient, Rows(weight).t(), ScalarType.Float32);
        return sum is null ? product : sum.add_(product, Scalars.One);
    }

    // [out, in]
    private Tensor Rows(Tensor weight) => _isTransposed ? weight.t() : weight;
}
