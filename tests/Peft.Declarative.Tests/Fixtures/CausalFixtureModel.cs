using static TorchSharp.torch;

namespace Peft.Declarative.Tests.Fixtures;

internal sealed class CausalFixtureModel(CausalLanguageModel model) : FixtureModel
{
    internal override Tensor Logits(Tensor ids, Tensor mask, Tensor labels, IReadOnlyList<string?>? adapters = null) =>
        model.Logits(new ModelInput(ids) { AttentionMask = mask, Adapters = adapters, TaskIds = TaskIds(ids) });

    internal override Tensor Compared(Tensor logits, Tensor mask)
    {
        Tensor whole = cat([ones(mask.size(0), logits.size(1) - mask.size(1), dtype: mask.dtype), mask], 1);   // virtual tokens count
        return logits.masked_select(whole.to(ScalarType.Bool).unsqueeze(-1));
    }

    internal override Tensor Loss(Tensor ids, Tensor mask, Tensor labels)
    {
        // Virtual tokens before the text predict its first token, which otherwise nothing does.
        long counted = Counted(model.PredictsFirstToken ? labels : labels.narrow(1, 1, labels.size(1) - 1));
        return model.SumLoss(new MicroBatch(ids, labels) { AttentionMask = mask, TaskIds = TaskIds(ids) }) / counted;
    }

    internal override Tensor Generate(Tensor ids, Tensor mask, GenerationOptions options, IReadOnlyList<string?>? adapters = null) =>
        new TextGenerator(model).Generate(ids, mask, options, adapters, TaskIds(ids));
}
