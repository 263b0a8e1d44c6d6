using Peft.Declarative.Data.Rows;

namespace Peft.Declarative.Tests.Data.Rows;

public sealed class RowOrderTests
{
    private static readonly RowSet Rows = RowSet.Of([.. Enumerable.Range(0, 103).Select(i => TrainingRow.OfText(new int[2 + (i * 37 % 50)]))]);

    [Fact]
    public void Grouped_HasEachRowOnceAndStepsOfLikeLength()
    {
        int[] order = RowOrder.Grouped(Rows, rowsPerStep: 4, seed: 1, epoch: 2);

        Assert.Equal(Enumerable.Range(0, 103), order.Order());
        int spread = order[..100].Chunk(4).Max(step => step.Max(Rows.Length) - step.Min(Rows.Length));
        Assert.InRange(spread, 0, 6);
        Assert.NotEqual(order.Select(Rows.Length).OrderDescending(), order.Select(Rows.Length));
    }

    [Fact]
    public void Grouped_FollowsFromSeedAndEpochAlone()
    {
        Assert.Equal(RowOrder.Grouped(Rows, 4, 1, 2), RowOrder.Grouped(Rows, 4, 1, 2));
        Assert.NotEqual(RowOrder.Grouped(Rows, 4, 1, 2), RowOrder.Grouped(Rows, 4, 1, 3));
        Assert.NotEqual(RowOrder.Grouped(Rows, 4, 1, 2), RowOrder.Grouped(Rows, 4, 2, 2));
    }
}
