using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Peft.Declarative.Layers;

/// <summary>The linear layer of GPT-2, whose weight is transposed: <c>y = x W + b</c> with <c>W</c> [in, out].</summary>
public sealed class Conv1D : WeightLayer
{
    /// <summary>Creates a layer whose parameters have no memory yet; a checkpoint or an initialization assigns them.</summary>
    /// <param name="input">The width of the input.</param>
    /// <param name="output">The width of the output.</param>
    public Conv1D(long input, long output)
        : this(Placeholder(input, output), Placeholder(output))
    {
    }

    private Conv1D(Parameter weight, Parameter? bias)
        : base(nameof(Conv1D), LayerKind.Conv1D, weight, bias)
    {
    }

    /// <inheritdoc/>
    public override long Output => WeightSize(1);

    /// <inheritdoc/>
    public override long Input => WeightSize(0);

    /// <inheritdoc/>
    public override Tensor forward(Tensor input)
    {
        using DisposeScope scope = NewDisposeScope();
        return Product(input, bias).MoveToOuterDisposeScope();
    }

    internal override WeightLayer Copy() => new Conv1D(TrainableWeight(), bias is null ? null : TrainableCopy(bias));

    internal override Tensor ToWeightLayout(Tensor delta) => delta.t();
}
