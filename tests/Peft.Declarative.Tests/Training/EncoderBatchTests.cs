using Peft.Declarative.Data;
using Peft.Declarative.Tests.Fixtures;
using static TorchSharp.torch;

namespace Peft.Declarative.Tests.Training;

/// <summary>Batches for models in which padding is seen and labels stand apart from tokens.</summary>
public sealed class EncoderBatchTests
{
    [Fact]
    public void Batch_OfClasses_CountsRowsAndMasksPadding()
    {
        using DisposeScope scope = NewDisposeScope();
        using var model = (SequenceClassifier)TinyFamilies.Make("bert");
        TrainingRow[] rows = [TrainingRow.OfClass([5, 9, 13], 2), TrainingRow.OfClass([8, 3, 30, 31, 11], 0)];

        using Batch batch = Batch.Of(rows, 64, model);
        MicroBatch micro = batch.Split(1)[0];

        Assert.Equal(2, batch.LabelCount);
        Assert.Equal(8, batch.TokenCount);
        Assert.Equal([1L, 1, 1, 1, 1, 1, 1, 1, 0, 0], micro.AttentionMask!.contiguous().data<long>());
        Tensor alone = rows.Aggregate(zeros([]), (sum, row) => sum + model.SumLoss(
            new MicroBatch(tensor(row.Ids, dtype: ScalarType.Int64).unsqueeze(0), tensor(row.Labels, dtype: ScalarType.Int64).unsqueeze(0))
            {
                ClassLabels = tensor(row.Labels[..1], dtype: ScalarType.Int64),
            }));
        Close.To(alone, model.SumLoss(micro), 1e-5, "loss");
    }

    [Theory]
    [InlineData(new[] { 5, 9, 13 }, new[] { 7, 2 })]
    [InlineData(new[] { 5, 9 }, new[] { 7, 8, 11, 2 })]
    public void Batch_OfPairs_GivesTheLossOfEachPairAlone(int[] source, int[] target)
    {
        using DisposeScope scope = NewDisposeScope();
        using var model = (EncoderDecoderModel)TinyFamilies.Make("t5");
        Tensor ids = tensor(source, dtype: ScalarType.Int64).unsqueeze(0);
        Tensor labels = tensor(target, dtype: ScalarType.Int64).unsqueeze(0);

        using Batch batch = Batch.Of([TrainingRow.OfPair(source, target)], 64, model);

        Assert.Equal(target.Length, batch.LabelCount);
        Assert.Equal(source.Length, batch.TokenCount);
        Close.To(model.SumLoss(new MicroBatch(ids, labels) { DecoderIds = model.DecoderIds(labels) }), model.SumLoss(batch.Split(1)[0]), 1e-5, "loss");
    }
}
