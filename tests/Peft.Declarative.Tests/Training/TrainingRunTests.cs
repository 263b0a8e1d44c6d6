using Peft.Declarative.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Peft.Declarative.Tests.Training;

public sealed class TrainingRunTests
{
    private static readonly TrainingPlan Plan = new() { Epochs = 4, LearningRate = 0.05, BatchSize = 4, WarmupSteps = 2, MaxLength = 16 };

    [Fact]
    public void Train_OnLearnableRows_LowersTheLossAndKeepsTheBase()
    {
        using var model = new TinyTrainable();

        TrainingResult result = TrainingLoop.Train(model, Plan with { Epochs = 10 }, TrainingData.FromRows(TrainingLoop.Rows(40)));

        Assert.Equal(100, result.Losses.Count);
        Assert.True(result.Losses.TakeLast(10).Average() < 0.5 * result.Losses.Take(10).Average());
        Assert.False(model.Training);
        Assert.Null(model.A.grad);
    }

    [Fact]
    public void Train_TwiceWithOneSeed_GivesTheSameLosses()
    {
        using var first = new TinyTrainable { Dropout = 0.3 };
        using var second = new TinyTrainable { Dropout = 0.3 };
        TrainingData data = TrainingData.FromRows(TrainingLoop.Rows(10));

        Assert.Equal(TrainingLoop.Train(first, Plan, data).Losses, TrainingLoop.Train(second, Plan, data).Losses);
    }

    [Fact]
    public void Train_WithOtherSeed_TakesAnotherOrder()
    {
        using var first = new TinyTrainable();
        using var second = new TinyTrainable();
        TrainingData data = TrainingData.FromRows(TrainingLoop.Rows(10));

        Assert.NotEqual(
            TrainingLoop.Train(first, Plan, data).Losses,
            TrainingLoop.Train(second, Plan with { Seed = 43 }, data).Losses);
    }

    [Fact]
    public void Train_InMicroBatches_EqualsTheWholeBatch()
    {
        using var whole = new TinyTrainable();
        using var parts = new TinyTrainable();
        TrainingData data = TrainingData.FromRows(TrainingLoop.Rows(22));

        TrainingResult expected = TrainingLoop.Train(whole, Plan with { BatchSize = 8 }, data);
        TrainingResult actual = TrainingLoop.Train(parts, Plan with { BatchSize = 2, Accumulate = 4 }, data);

        Assert.Equal(expected.Losses.Count, actual.Losses.Count);
        Assert.All(expected.Losses.Zip(actual.Losses), pair => Assert.Equal(pair.First, pair.Second, 1e-5));
        ScheduleData.AssertClose(whole.B, parts.B, 1e-5, 1e-4, "lora_B");
    }

    [Fact]
    public void Train_ThreeHundredSteps_KeepsTheNumberOfTensors()
    {
        using var model = new TinyTrainable { Dropout = 0.1 };
        long early = 0;
        long late = 0;
        var progress = new Reports(report =>
        {
            early = report.Step == 20 ? LiveTensors.CountAfterCollection() : early;
            late = Tensor.TotalCount;
        });

        TrainingResult result = TrainingLoop.Train(
            model, Plan with { Epochs = 30, Accumulate = 2, BatchSize = 2, EvaluateEvery = 50 },
            TrainingData.FromRows(TrainingLoop.Rows(40)).Split(0.1), progress);

        // Up to two batches are ready ahead, each one tensor.
        Assert.Equal(270, result.Losses.Count);
        Assert.InRange(late, 0, early + 2);
    }

    [Fact]
    public void Train_WhenDone_LeavesNoTensorBehind()
    {
        TrainingData data = TrainingData.FromRows(TrainingLoop.Rows(12)).Split(0.2);
        using var model = new TinyTrainable();
        long before = LiveTensors.CountAfterCollection();

        TrainingLoop.Train(model, Plan, data);

        Assert.InRange(Tensor.TotalCount, 0, before);
    }

    [Fact]
    public void Train_WhenTheModelThrows_LeavesNoTensorBehind()
    {
        TrainingData data = TrainingData.FromRows(TrainingLoop.Rows(12));
        using var model = new TinyTrainable { Spoil = _ => throw new InvalidOperationException("of the model's own") };
        long before = LiveTensors.CountAfterCollection();

        Assert.Throws<InvalidOperationException>(() => { TrainingLoop.Train(model, Plan, data); });

        Assert.InRange(Tensor.TotalCount, 0, before);
    }

    [Fact]
    public void Report_EachStep_SaysWhereTheRunIs()
    {
        using var model = new TinyTrainable();
        var reports = new List<TrainingProgress>();

        TrainingLoop.Train(model, Plan, TrainingData.FromRows(TrainingLoop.Rows(8)), new Reports(reports.Add));

        Assert.Equal(Enumerable.Range(1, 8).Select(step => (long)step), reports.Select(report => report.Step));
        Assert.All(reports, report => Assert.Equal(8, report.TotalSteps));
        Assert.Equal([1, 1, 2, 2, 3, 3, 4, 4], reports.Select(report => report.Epoch));
        Assert.Equal([0.0, 0.025, 0.05, 0.05 * 5 / 6], reports.Take(4).Select(report => report.LearningRate), (a, b) => Math.Abs(a - b) < 1e-12);
        Assert.All(reports, report => Assert.True(report is { TokensPerSecond: > 0, GradientNorm: > 0 }));
        Assert.Equal(TimeSpan.Zero, reports[^1].TimeLeft);
    }

    [Fact]
    public void Train_WithChangedPlan_FollowsTheChange()
    {
        using var model = new TinyTrainable { ChangePlan = plan => plan with { Epochs = 1 } };

        Assert.Equal(2, TrainingLoop.Train(model, Plan, TrainingData.FromRows(TrainingLoop.Rows(8))).Steps);
    }

    [Fact]
    public void Start_WithPlanOutOfRange_ListsEveryProblem()
    {
        using var model = new TinyTrainable();

        PeftException error = Assert.Throws<PeftException>(() =>
        {
            TrainingRun.Start(model, new TrainingPlan { Epochs = 0, LearningRate = double.NaN, Resume = true }, TrainingData.FromRows(TrainingLoop.Rows(2)));
        });

        Assert.Equal("PEFT202", error.Id);
        Assert.Contains("Epochs = 0 of [Training] on 'TinyTrainable' cannot be. Use 1 or more.", error.Message, StringComparison.Ordinal);
        Assert.Contains("LearningRate = NaN of [Training]", error.Message, StringComparison.Ordinal);
        Assert.Contains("OutputDirectory", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Start_WhenMaxLengthCutsAllLabels_NamesTheRows()
    {
        using var model = new TinyTrainable();
        TrainingData data = TrainingData.FromRows([TrainingRow.OfText([1, 2, 3]), TrainingRow.OfCompletion([1, 2, 3, 4], [5])]);

        PeftException error = Assert.Throws<PeftException>(() => { TrainingRun.Start(model, Plan with { MaxLength = 4 }, data); });

        Assert.Equal("PEFT404", error.Id);
        Assert.Contains("row 2", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("row 1", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Step_WithParameterThatGetsNoGradient_NamesIt()
    {
        using var model = new TinyTrainable();
        model.Add("layers.0.v_proj.lora_A", zeros(2, 2));

        PeftException error = Assert.Throws<PeftException>(() =>
        {
            TrainingLoop.Train(model, Plan, TrainingData.FromRows(TrainingLoop.Rows(4)));
        });

        Assert.Equal("PEFT403", error.Id);
        Assert.Contains("'layers.0.v_proj.lora_A'", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("lora_B", error.Message, StringComparison.Ordinal);
    }

    /// <summary>Reports on the thread that makes them; Progress would post them to another.</summary>
    internal sealed class Reports(Action<TrainingProgress> receive) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) => receive(value);
    }
}
