using Peft.Declarative.Layers;
using Peft.Declarative.Slots;
using static TorchSharp.torch;

namespace Peft.Declarative.Methods.Lora;

/// <summary>A tied output head that sees the rows which <see cref="TrainableTokens"/> trains in the embedding. It saves nothing of its own.</summary>
/// <param name="frozen">The head, or another adapter around it.</param>
/// <param name="source">The embedding's trained tokens.</param>
public class TrainableTokensHead(nn.Module<Tensor, Tensor> frozen, TrainableTokens source)
    : AdapterLayer(nameof(TrainableTokensHead), frozen, source.AdapterName), IMergeable
{
    // The head reads the embedding's weight, so merging there merges here.
    WeightLayer? IMergeable.MergeTarget => null;

    internal override bool IsTarget => false;

    /// <inheritdoc/>
    protected internal override Tensor AdaptOutput(Tensor input, Tensor output) => source.Rows.ReplaceLogits(output, input);

    /// <inheritdoc/>
    public override IEnumerable<AdapterTensor> TensorsAt(string path) => [];

    Tensor IWeightChange.MergeWeight(Tensor weight) => weight;

    Tensor? IWeightChange.MergeBias(Tensor? bias) => bias;
}
