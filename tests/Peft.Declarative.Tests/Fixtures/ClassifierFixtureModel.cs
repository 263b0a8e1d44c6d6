using static TorchSharp.torch;

namespace Peft.Declarative.Tests.Fixtures;

internal sealed class ClassifierFixtureModel(SequenceClassifier model) : FixtureModel
{
    internal override Tensor Logits(Tensor ids, Tensor mask, Tensor labels, IReadOnlyList<string?>? adapters = null) =>
        model.Logits(ids, mask, adapters: adapters, taskIds: TaskIds(ids));

    internal override Tensor Compared(Tensor logits, Tensor mask) => logits;

    internal override Tensor Loss(Tensor ids, Tensor mask, Tensor labels) =>
        model.SumLoss(new MicroBatch(ids, labels.unsqueeze(1)) { ClassLabels = labels, AttentionMask = mask, TaskIds = TaskIds(ids) }) / Counted(labels);

    internal override Tensor Generate(Tensor ids, Tensor mask, GenerationOptions options, IReadOnlyList<string?>? adapters = null) =>
        throw new InvalidOperationException("A classifier writes no text.");
}
