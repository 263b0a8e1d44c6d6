using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Peft.Declarative.Layers;

/// <summary>Layer normalization over the last dimension: <c>w · (x − mean) / √(var + ε) + b</c>. Ba, Kiros, Hinton 2016, arXiv 1607.06450.</summary>
public sealed class LayerNorm : WeightLayer
{
    private readonly double _epsilon;

    /// <summary>Creates a norm whose parameters have no memory yet; a checkpoint or an initialization assigns them.</summary>
    /// <param name="width">The size of the last dimension.</param>
    /// <param name="epsilon">The number that is added to the variance.</param>
    public LayerNorm(long width, double epsilon)
        : this(Placeholder(width), Placeholder(width), epsilon)
    {
    }

    internal LayerNorm(Parameter weight, Parameter? bias, double epsilon)
        : base(nameof(LayerNorm), LayerKind.Norm, weight, bias) => _epsilon = epsilon;

    /// <inheritdoc/>
    public override long Output => weight.size(0);

    /// <inheritdoc/>
    public override long Input => 1;

    /// <inheritdoc/>
    public override Tensor forward(Tensor input) => Recomputation.IsOn
        ? Recomputation.Of(bias is null ? [input, weight] : [input, weight, bias], sources => Normalized(sources[0], sources[1], sources.Count > 2 ? sources[2] : null))
        : Normalized(input, weight, bias);

    internal override WeightLayer Copy() =>
        new LayerNorm(TrainableCopy(weight), bias is null ? null : TrainableCopy(bias), _epsilon);

    private Tensor Normalized(Tensor input, Tensor weight, Tensor? bias)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor? shift = bias?.to(input.dtype);
        return nn.functional.layer_norm(input, [input.size(-1)], weight.to(input.dtype), shift, _epsilon).MoveToOuterDisposeScope();
    }
}
