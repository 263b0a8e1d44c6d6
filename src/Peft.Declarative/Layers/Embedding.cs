using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Peft.Declarative.Layers;

/// <summary>An embedding table <c>W</c> [rows, width], which maps ids [batch, time] to vectors [batch, time, width].</summary>
public sealed class Embedding : WeightLayer
{
    /// <summary>Creates a table that has no memory yet; a checkpoint or an initialization assigns it.</summary>
    /// <param name="rows">The number of ids.</param>
    /// <param name="width">The width of a vector.</param>
    public Embedding(long rows, long width)
        : this(Placeholder(rows, width))
    {
    }

    internal Embedding(Parameter weight)
        : base(nameof(Embedding), LayerKind.Embedding, weight, null)
    {
    }

    /// <summary>The output heads that use this table as their weight.</summary>
    internal List<TiedHead> TiedHeads { get; } = [];

    /// <inheritdoc/>
    public override long Output => weight.size(1);

    /// <inheritdoc/>
    public override long Input => weight.size(0);

    /// <inheritdoc/>
    public override Tensor forward(Tensor input)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor rows = weight.index_select(0, input.reshape(-1));
        return rows.view(input.size(0), input.size(1), Output).MoveToOuterDisposeScope();
    }

    internal override WeightLayer Copy() => new Embedding(TrainableCopy(weight));

    internal override Tensor ToWeightLayout(Tensor delta) => delta.t();
}
