using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Peft.Declarative.Layers;

/// <summary>GPT-2's linear layer, whose weight lies transposed: <c>y = x W + b</c> with <c>W</c> [in, out].</summary>
public sealed class Conv1D : WeightLayer
{
    /// <summary>Makes a layer without memory; a checkpoint or an initialisation fills it.</summary>
    /// <param name="input">Width of the input.</param>
    /// <param name="output">Width of the result.</param>
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
        return Product(input, weight.t()).MoveToOuterDisposeScope();
    }

    internal override WeightLayer Copy() => new Conv1D(TrainableWeight(), bias is null ? null : TrainableCopy(bias));

    internal override Tensor ToWeightLayout(Tensor delta) => delta.t();
}
