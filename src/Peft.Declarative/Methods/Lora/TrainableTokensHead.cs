using Peft.Declarative.Layers;
using Peft.Declarative.Slots;
using static TorchSharp.torch;

namespace Peft.Declarative.Methods.Lora;

/// <summary>A tied output head that uses the rows that <see cref="TrainableTokens"/> trains in the embedding. It saves no tensors.</summary>
/// <param name="frozen">The head, or the layer of another adapter around it.</param>
/// <param name="source">The trained rows of the embedding.</param>
internal class TrainableTokensHead(nn.Module<Tensor, Tensor> frozen, TrainableTokens source)
    : AdapterLayer(nameof(TrainableTokensHead), frozen, source.AdapterName), IMergeable
{
    // The head reads the embedding's weight, so merging into it is enough.
    WeightLayer? IMergeable.MergeTarget => null;

    internal override bool IsTarget => false;

    /// <inheritdoc/>
    protected internal override Tensor AdaptOutput(Tensor input, Tensor output) => source.Rows.ReplaceLogits(output, input);

    /// <inheritdoc/>
    public override IEnumerable<AdapterTensor> TensorsAt(string path) => [];

    Tensor IWeightChange.MergeWeight(Tensor weight) => weight;

    Tensor? IWeightChange.MergeBias(Tensor? bias) => bias;
}
