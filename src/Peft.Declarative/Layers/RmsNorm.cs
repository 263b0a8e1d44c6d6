using Peft.Declarative.Native;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Peft.Declarative.Layers;

/// <summary>Root-mean-square normalization over the last dimension: <c>w · x / √(mean(x²) + ε)</c>. Zhang, Sennrich 2019, arXiv 1910.07467.</summary>
public sealed class RmsNorm : WeightLayer
{
    private readonly double _epsilon;

    /// <summary>Creates a norm whose weight has no memory yet; a checkpoint or an initialization assigns it.</summary>
    /// <param name="width">The size of the last dimension.</param>
    /// <param name="epsilon">The number that is added to the mean of squares.</param>
    public RmsNorm(long width, double epsilon)
        : this(Placeholder(width), epsilon)
    {
    }

    private RmsNorm(Parameter weight, double epsilon)
        : base(nameof(RmsNorm), LayerKind.Norm, weight, null) => _epsilon = epsilon;

    /// <inheritdoc/>
    public override long Output => weight.size(0);

    /// <inheritdoc/>
    public override long Input => 1;

    /// <inheritdoc/>
    // What is kept in bfloat16, input and result, takes no more than an input in float32, from which the same result could be computed again.
    public override Tensor forward(Tensor input) => Recomputation.IsOn && !KeptActivations.AreNarrow
        ? Recomputation.Of([input, weight], sources => Normalized(sources[0], sources[1]))
        : Normalized(input, weight);

    internal override WeightLayer Copy() => new RmsNorm(TrainableCopy(weight), _epsilon);

    private Tensor Normalized(Tensor input, Tensor weight)
    {
        if (RowKernel.Fits(input) && RowKernel.Fits(weight) && weight.dim() == 1 && input.size(-1) == weight.size(0))
        {
            return RmsNormFunction.Of(input, weight, _epsilon);
        }

        using DisposeScope scope = NewDisposeScope();
        if (weight.dtype == input.dtype && input.dtype == ScalarType.Float32)
        {
            return Native.Operators.RmsNorm(input, weight, _epsilon).MoveToOuterDisposeScope();
        }

        // transformers rounds the normalized value to the input's type before it multiplies by the weight.
        Tensor wide = input.to(ScalarType.Float32);
        Tensor scale = wide.pow(Scalars.Of(2)).mean([-1], keepdim: true).add_(Scalars.Of(_epsilon), Scalars.One).rsqrt_();
        return (wide * scale).to(input.dtype).mul(weight.to(input.dtype)).MoveToOuterDisposeScope();
    }
}
