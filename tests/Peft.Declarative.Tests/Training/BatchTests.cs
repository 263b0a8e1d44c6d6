using Peft.Declarative.Data;
using Peft.Declarative.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Peft.Declarative.Tests.Training;

public sealed class BatchTests
{
    private static readonly TrainingRow[] Rows =
    [
        TrainingRow.OfText([1, 2]),
        TrainingRow.OfCompletion([1, 2, 3], [4, 5]),
        TrainingRow.OfText([1, 2, 3]),
    ];

    [Fact]
    public void Split_IntoOne_PadsOnTheRight()
    {
        using var model = new TinyTrainable();
        using DisposeScope scope = NewDisposeScope();
        using Batch batch = Batch.Of(Rows, maxLength: 10, model);

        MicroBatch micro = Assert.Single(batch.Split(1));

        Assert.Equal([1, 2, 3, 4, 5, 1, 2, 3, 0, 0, 1, 2, 0, 0, 0], micro.InputIds.data<long>().ToArray());
        Assert.Equal([-100, -100, -100, 4, 5, 1, 2, 3, -100, -100, 1, 2, -100, -100, -100], micro.Labels.data<long>().ToArray());
        Assert.Equal(5, batch.LabelCount);
        Assert.Equal(10, batch.TokenCount);
    }

    [Fact]
    public void Split_IntoTwo_MakesEachAsWideAsItsLongestRow()
    {
        using var model = new TinyTrainable();
        using DisposeScope scope = NewDisposeScope();
        using Batch batch = Batch.Of(Rows, maxLength: 4, model);

        Assert.Equal(["2,4", "1,2"], batch.Split(2).Select(micro => string.Join(",", micro.InputIds.shape)));
    }

    [Fact]
    public void Split_IntoMoreThanRows_GivesOneRowEach()
    {
        using var model = new TinyTrainable();
        using DisposeScope scope = NewDisposeScope();
        using Batch batch = Batch.Of(Rows, maxLength: 10, model);

        Assert.Equal(3, batch.Split(8).Count);
    }

    [Fact]
    public void NextTokenSum_EqualsTheSumOverShiftedRows()
    {
        using DisposeScope scope = NewDisposeScope();
        using Generator generator = random.manual_seed(1);
        Tensor logits = randn(2, 4, 5);
        Tensor labels = tensor(new long[,] { { 1, 2, 3, 4 }, { 0, -100, 1, -100 } });

        Tensor expected = -(nn.functional.log_softmax(logits, 2)[0, 0, 2] + nn.functional.log_softmax(logits, 2)[0, 1, 3]
            + nn.functional.log_softmax(logits, 2)[0, 2, 4] + nn.functional.log_softmax(logits, 2)[1, 1, 1]);

        Assert.Equal(expected.item<float>(), Losses.NextTokenSum(logits, labels).item<float>(), 1e-5f);
    }

    [Fact]
    public void BatchFeed_DisposedEarly_FreesWhatWasReady()
    {
        using var model = new TinyTrainable();
        long before = LiveTensors.CountAfterCollection();

        using (var feed = new BatchFeed(Enumerable.Range(0, 100).Select(_ => Batch.Of(Rows, 10, model))))
        {
            Assert.True(feed.TryNext(CancellationToken.None, out Batch? batch));
            batch.Dispose();
        }

        Assert.InRange(Tensor.TotalCount, 0, before);
    }

    [Fact]
    public void BatchFeed_WhenItsSourceThrows_ThrowsWhereBatchesAreTaken()
    {
        using var feed = new BatchFeed(Enumerable.Range(0, 1).Select<int, Batch>(_ => throw new PeftException("PEFT999", "bad row")));

        Assert.Equal("bad row", Assert.Throws<PeftException>(() => { feed.TryNext(CancellationToken.None, out _); }).Message);
    }
}
