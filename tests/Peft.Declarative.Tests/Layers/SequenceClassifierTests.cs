using Peft.Declarative.Models;
using Peft.Declarative.Tests.Fixtures;
using static TorchSharp.torch;

namespace Peft.Declarative.Tests.Layers;

public sealed class SequenceClassifierTests
{
    [Theory]
    [InlineData("bert")]
    [InlineData("roberta")]
    public void Logits_OfPaddedRow_EqualThoseOfTheRowAlone(string family)
    {
        using DisposeScope scope = NewDisposeScope();
        using var model = (SequenceClassifier)TinyFamilies.Make(family);
        Tensor ids = TinyModels.Ids();
        Tensor padded = cat([ids, ones(2, 3, dtype: ScalarType.Int64)], 1);
        Tensor mask = cat([ones_like(ids), zeros(2, 3, dtype: ScalarType.Int64)], 1);

        Close.To(model.Logits(ids), model.Logits(padded, mask), 1e-5, "logits");
    }

    [Fact]
    public void Logits_WithTokenTypes_DependOnThem()
    {
        using DisposeScope scope = NewDisposeScope();
        using var model = (SequenceClassifier)TinyFamilies.Make("bert");
        Tensor ids = TinyModels.Ids();

        Close.Bits(model.Logits(ids), model.Logits(ids, tokenTypes: zeros_like(ids)), "logits of first texts");
        Assert.False(model.Logits(ids).allclose(model.Logits(ids, tokenTypes: ones_like(ids))));
    }

    [Fact]
    public void SumLoss_OfIgnoredRow_LeavesItOut()
    {
        using DisposeScope scope = NewDisposeScope();
        using var model = (SequenceClassifier)TinyFamilies.Make("bert");
        Tensor ids = TinyModels.Ids();

        Tensor labels = tensor(new long[,] { { 2 }, { -100 } });
        Tensor both = model.SumLoss(new MicroBatch(ids, labels) { ClassLabels = labels.squeeze(1) });
        Tensor alone = model.SumLoss(new MicroBatch(ids.narrow(0, 0, 1), labels.narrow(0, 0, 1)) { ClassLabels = labels.narrow(0, 0, 1).squeeze(1) });

        Close.To(alone, both, 1e-6, "loss");
    }

    [Fact]
    public void Dropout_WhileTraining_ChangesOutputsAndNotInEvaluation()
    {
        using DisposeScope scope = NewDisposeScope();
        using var model = Peft.Declarative.Models.BertForSequenceClassification.FromConfig(
            TinyModels.BertConfig with { HiddenDropout = 0.2, AttentionDropout = 0.2, HeadDropout = 0.2 }, seed: 1);
        Tensor ids = TinyModels.Ids();

        model.train();
        Assert.False(model.Logits(ids).allclose(model.Logits(ids)));
        model.eval();
        Close.Bits(model.Logits(ids), model.Logits(ids), "logits");
    }
}
