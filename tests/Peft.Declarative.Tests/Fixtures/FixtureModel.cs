using static TorchSharp.torch;

namespace Peft.Declarative.Tests.Fixtures;

/// <summary>What the reference data asks of a model, whatever its kind.</summary>
internal abstract class FixtureModel
{
    /// <summary>The task of each row; null if the rows have none.</summary>
    private IReadOnlyList<int?>? _tasks;

    /// <param name="model">The model.</param>
    /// <param name="fixture">The case, which can have tasks.</param>
    internal static FixtureModel Of(PretrainedModel model, FixtureCase? fixture = null) => model switch
    {
        CausalLanguageModel decoder => new CausalFixtureModel(decoder) { _tasks = fixture?.TaskIds },
        SequenceClassifier classifier => new ClassifierFixtureModel(classifier) { _tasks = fixture?.TaskIds },
        EncoderDecoderModel translator => new EncoderDecoderFixtureModel(translator) { _tasks = fixture?.TaskIds },
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

    /// <summary>The same for one row of a batch.</summary>
    internal FixtureModel OfRow(int row)
    {
        var alone = (FixtureModel)MemberwiseClone();
        alone._tasks = _tasks is null ? null : [_tasks[row]];
        return alone;
    }

    // Prompts to be continued are fewer, with the tasks of the first rows.
    private protected IReadOnlyList<int?>? TaskIds(Tensor ids) => _tasks is null ? null : [.. _tasks.Take((int)ids.size(0))];

    private protected static long Counted(Tensor labels) => labels.ne(-100).sum().item<long>();
}
