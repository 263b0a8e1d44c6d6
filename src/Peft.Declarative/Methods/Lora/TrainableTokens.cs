using Peft.Declarative.Layers;
using Peft.Declarative.Slots;
using Peft.Declarative.Text.Errors;
using static TorchSharp.torch;

namespace Peft.Declarative.Methods.Lora;

/// <summary>An embedding with some trained rows, as part of a low-rank adapter.</summary>
public class TrainableTokens : AdapterLayer, IMergeable
{
    /// <summary>Creates an adapter layer around an embedding.</summary>
    /// <param name="frozen">The layer, or the layer of another adapter around it.</param>
    /// <param name="adapter">The name of the adapter.</param>
    /// <param name="ids">The ids of the tokens, in the order of the saved rows.</param>
    /// <exception cref="PeftException">PEFT202: an id is not in the vocabulary, or is repeated. The message lists them.</exception>
    public TrainableTokens(nn.Module<Tensor, Tensor> frozen, string adapter, IReadOnlyList<int> ids)
        : base(nameof(TrainableTokens), frozen, adapter)
    {
        ArgumentNullException.ThrowIfNull(ids);
        HashSet<int> seen = [];
        int[] wrong = [.. ids.Where(id => id < 0 || id >= Base.Input || !seen.Add(id)).Distinct()];
        if (ids.Count == 0 || wrong.Length > 0)
        {
            throw new PeftException(RuleIds.OutOfRange, ids.Count == 0
                ? "TrainableTokens is empty. Name the ids to train, or leave it out."
                : $"TrainableTokens has ids that are repeated or outside the vocabulary of {Base.Input}: {ProblemList.Of([.. wrong.Select(id => $"{id}")])}. Remove them.");
        }

        Rows = new TokenRows(Base, ids);
        Own("trainable_tokens_delta", Rows.Rows);
    }

    WeightLayer? IMergeable.MergeTarget => Base;

    /// <summary>The trained rows, which a tied head shares.</summary>
    internal TokenRows Rows { get; }

    internal override bool IsTarget => false;

    internal override IEnumerable<Tensor> OtherTensors => Rows.Indices;

    /// <inheritdoc/>
    protected internal override Tensor AdaptOutput(Tensor input, Tensor output) => Rows.Replace(output, input);

    /// <inheritdoc/>
    public override IEnumerable<AdapterTensor> TensorsAt(string path) =>
        [new AdapterTensor($"{AdapterKeys.Model}{path}.token_adapter.trainable_tokens_delta", Rows.Rows)];

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        if (disposing)
        {
            Rows.Dispose();
        }
    }

    Tensor IWeightChange.MergeWeight(Tensor weight) => Rows.Replace(weight);

    Tensor? IWeightChange.MergeBias(Tensor? bias) => bias;
}
