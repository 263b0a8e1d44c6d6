using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Peft.Declarative.Layers;

/// <summary>A linear layer: <c>y = x Wᵀ + b</c> with <c>W</c> [out, in] and an optional bias <c>b</c> [out].</summary>
public class Linear : WeightLayer
{
    /// <summary>Creates a layer whose parameters have no memory yet; a checkpoint or an initialization assigns them.</summary>
    /// <param name="input">The width of the input.</param>
    /// <param name="output">The width of the output.</param>
    /// <param name="hasBias">Whether the layer has a bias.</param>
    /// <param name="kind"><see cref="LayerKind.Linear"/> (the default), or <see cref="LayerKind.Head"/> for an output head.</param>
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
    public override Tensor forward(Tensor input) => Product(input, bias);

    internal override WeightLayer Copy() =>
        new Linear(TrainableWeight(), bias is null ? null : TrainableCopy(bias), Kind);
}
