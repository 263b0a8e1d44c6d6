using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Peft.Declarative.Layers;

/// <summary>A linear layer: <c>y = x Wᵀ + b</c> with <c>W</c> [out, in] and <c>b</c> [out] or none.</summary>
public class Linear : WeightLayer
{
    /// <summary>Makes a layer without memory; a checkpoint or an initialisation fills it.</summary>
    /// <param name="input">Width of the input.</param>
    /// <param name="output">Width of the result.</param>
    /// <param name="hasBias">Whether a bias is added.</param>
    /// <param name="kind">Linear, or the output head.</param>
    public Linear(long input, long output, bool hasBias, LayerKind kind = LayerKind.Linear)
        : this(Placeholder(output, input), hasBias ? Placeholder(output) : null, kind)
    {
    }

    internal Linear(Parameter? weight, Parameter? bias, LayerKind kind)
        : base(nameof(Linear), kind, weight, bias)
    {
    }

    /// <inheritdoc/>
    public override long Output => WeightSize(0);

    /// <inheritdoc/>
    public override long Input => WeightSize(1);

    /// <inheritdoc/>
    public override Tensor forward(Tensor input) => Product(input, weight);

    internal override WeightLayer Copy() =>
        new Linear(TrainableWeight(), bias is null ? null : TrainableCopy(bias), Kind);
}
