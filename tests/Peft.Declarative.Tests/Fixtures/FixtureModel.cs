using static TorchSharp.torch;

namespace Peft.Declarative.Tests.Fixtures;

/// <summary>What the reference data asks of a model, whatever its kind.</summary>
internal abstract class FixtureModel
{
    internal static FixtureModel Of(PretrainedModel model) => model switch
    {
        CausalLanguageModel decoder => new CausalFixtureModel(decoder),
        SequenceClassifier classifier => new ClassifierFixtureModel(classifier),
        EncoderDecoderModel translator => new EncoderDecoderFixtureModel(translator),
        _ => throw new ArgumentException($"'{model.GetType().Name}' is of no kind that the reference data has."),
    };

    /// <summary>Logits of a recorded batch.</summary>
    /// <param name="ids">Ids.</param>
    /// <param name="mask">0 on padding.</param>
    /// <param name="labels">Labels.</param>
    /// <param name="adapters">The adapter of each row; the active ones for all rows unless given.</param>
    internal abstract Tensor Logits(Tensor ids, Tensor mask, Tensor labels, IReadOnlyList<string?>? adapters = null);

    /// <summary>The part of the logits that can be compared: padding depends on how a fully masked row is treated.</summary>
    internal abstract Tensor Compared(Tensor logits, Tensor mask);

    /// <summary>Mean loss over the labels.</summary>
    internal abstract Tensor Loss(Tensor ids, Tensor mask, Tensor labels);

    /// <summary>Continues recorded prompts.</summary>
    internal abstract Tensor Generate(Tensor ids, Tensor mask, GenerationOptions options, IReadOnlyList<string?>? adapters = null);

    /// <summary>The loss that the reference library records: with what an adapter adds to it.</summary>
    internal Tensor Loss(Adapter adapter, Tensor ids, Tensor mask, Tensor labels)
    {
        Tensor loss = Loss(ids, mask, labels);
        return adapter.Config.Penalty(adapter) is { } penalty ? loss + penalty : loss;
    }

    private protected static long Counted(Tensor labels) => labels.ne(-100).sum().item<long>();
}
