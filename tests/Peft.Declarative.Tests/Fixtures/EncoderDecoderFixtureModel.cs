using static TorchSharp.torch;

namespace Peft.Declarative.Tests.Fixtures;

internal sealed class EncoderDecoderFixtureModel(EncoderDecoderModel model) : FixtureModel
{
    internal override Tensor Logits(Tensor ids, Tensor mask, Tensor labels, IReadOnlyList<string?>? adapters = null) =>
        model.Logits(ids, model.DecoderIds(labels), mask, adapters, TaskIds(ids));

    // Targets are padded on the right, where no real token of a decoder can see it.
    internal override Tensor Compared(Tensor logits, Tensor mask) => logits;

    internal override Tensor Loss(Tensor ids, Tensor mask, Tensor labels) =>
        model.SumLoss(new MicroBatch(ids, labels) { DecoderIds = model.DecoderIds(labels), AttentionMask = mask, TaskIds = TaskIds(ids) }) / Counted(labels);

    internal override Tensor Generate(Tensor ids, Tensor mask, GenerationOptions options, IReadOnlyList<string?>? adapters = null) =>
        new TextGenerator(model).Generate(ids, mask, options, adapters, TaskIds(ids));
}
