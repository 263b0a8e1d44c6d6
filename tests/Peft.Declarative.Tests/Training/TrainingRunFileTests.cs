using Peft.Declarative.Checkpoints;
using Peft.Declarative.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Peft.Declarative.Tests.Training;

/// <summary>What a run keeps: the best and the last adapter, and the state to resume from.</summary>
public sealed class TrainingRunFileTests
{
    private static readonly TrainingPlan Plan = new() { Epochs = 3, LearningRate = 0.05, BatchSize = 2, Accumulate = 2, MaxLength = 16 };

    [Theory]
    [InlineData(1)]
    [InlineData(5)]   // in the middle of the second epoch
    [InlineData(6)]   // between epochs
    [InlineData(10)]
    public void Train_ResumedAfterCancellation_GivesTheLossesOfAnUndisturbedRun(int cancelAfter)
    {
        using var folder = new TemporaryFolder();
        using var undisturbed = new TinyTrainable { Dropout = 0.2 };
        using var cancelled = new TinyTrainable { Dropout = 0.2 };
        using var resumed = new TinyTrainable(seed: 99) { Dropout = 0.2 };
        CopyBase(undisturbed, resumed);
        TrainingData data = Data();
        TrainingPlan plan = Plan with { OutputDirectory = folder.Path, EvaluateEvery = 4 };

        TrainingResult expected = TrainingLoop.Train(undisturbed, Plan with { EvaluateEvery = 4 }, data);
        TrainingResult part = CancelAfter(cancelled, plan, data, cancelAfter);
        TrainingResult whole = TrainingLoop.Train(resumed, plan with { Resume = true }, data);

        Assert.True(part.Cancelled);
        Assert.Equal(cancelAfter, part.Steps);
        Assert.False(whole.Cancelled);
        Assert.Equal(expected.Losses, whole.Losses);
        Assert.Equal(expected.Evaluations, whole.Evaluations);
        Assert.True(undisturbed.B.eq(resumed.B).all().item<bool>());
    }

    [Fact]
    public void Train_ResumedWithinAnEpochOfGroupedRows_MeetsTheSameRows()
    {
        using var folder = new TemporaryFolder();
        using var undisturbed = new TinyTrainable();
        using var model = new TinyTrainable();
        using var ungrouped = new TinyTrainable();
        TrainingPlan plan = Plan with { OutputDirectory = folder.Path, GroupByLength = true };

        TrainingResult expected = TrainingLoop.Train(undisturbed, plan with { OutputDirectory = null }, Data());
        CancelAfter(model, plan, Data(), 4);
        TrainingResult whole = TrainingLoop.Train(model, plan with { Resume = true }, Data());

        Assert.Equal(expected.Losses, whole.Losses);
        Assert.NotEqual(TrainingLoop.Train(ungrouped, Plan, Data()).Losses, whole.Losses);
    }

    public static TheoryData<OptimizerType> Optimizers { get; } = [.. Enum.GetValues<OptimizerType>()];

    [Theory]
    [MemberData(nameof(Optimizers))]
    public void Train_ResumedWithAnyOptimizer_StillContinuesExactly(OptimizerType optimizer)
    {
        using var folder = new TemporaryFolder();
        using var undisturbed = new TinyTrainable();
        using var model = new TinyTrainable();
        TrainingPlan plan = Plan with { OutputDirectory = folder.Path, Optimizer = optimizer };

        TrainingResult expected = TrainingLoop.Train(undisturbed, plan with { OutputDirectory = null }, Data());
        CancelAfter(model, plan, Data(), 4);
        TrainingResult whole = TrainingLoop.Train(model, plan with { Resume = true }, Data());

        Assert.Equal(expected.Losses, whole.Losses);
    }

    [Fact]
    public void Train_ResumedWithOtherPlanAndData_ListsTheDifferences()
    {
        using var folder = new TemporaryFolder();
        using var model = new TinyTrainable();
        TrainingPlan plan = Plan with { OutputDirectory = folder.Path };
        CancelAfter(model, plan, Data(), 2);

        PeftException error = Assert.Throws<PeftException>(() =>
        {
            TrainingRun.Start(model, plan with { Resume = true, Seed = 1 }, TrainingData.FromRows(TrainingLoop.Rows(9)));
        });

        Assert.Equal("PEFT407", error.Id);
        Assert.Contains("Seed is 1, but was 42", error.Message, StringComparison.Ordinal);
        Assert.Contains("Rows is 9, but was 20", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Train_WithEvaluationRows_KeepsTheBestAndTheLastAdapter()
    {
        using var folder = new TemporaryFolder();
        using var model = new TinyTrainable();

        // Rows that contradict the training rows: the evaluation is best at the start and worsens.
        TrainingData contrary = TrainingData.FromRows([TrainingRow.OfText([5, 4, 3, 2, 1, 0, 11, 10])]);
        TrainingResult result = TrainingLoop.Train(
            model, Plan with { OutputDirectory = folder.Path, EvaluateEvery = 2, LearningRate = 0.2 }, Data().WithEvaluation(contrary));

        Assert.Equal(result.Evaluations.MinBy(evaluation => evaluation.Loss), (result.BestStep!.Value, result.BestLoss!.Value));
        Assert.NotEqual(result.Steps, result.BestStep);
        AssertHolds(folder["best"], model, same: true);
        AssertHolds(folder["last"], model, same: false);
    }

    [Fact]
    public void Train_WhenTheLossBecomesNaN_StopsAndKeepsTheLastGoodAdapter()
    {
        using var folder = new TemporaryFolder();
        using var model = new TinyTrainable();
        using var good = new TinyTrainable();
        int calls = 0;
        model.Spoil = loss => ++calls > 6 ? loss * float.NaN : loss;   // two micro-batches per step: the fourth step fails

        PeftException error = Assert.Throws<PeftException>(() =>
        {
            TrainingLoop.Train(model, Plan with { OutputDirectory = folder.Path, ReportEvery = 5 }, Data());
        });
        using var other = new TemporaryFolder();
        CancelAfter(good, Plan with { OutputDirectory = other.Path }, Data(), 3);

        Assert.Equal("PEFT402", error.Id);
        Assert.StartsWith("Step 4 has the loss NaN", error.Message, StringComparison.Ordinal);
        Assert.True(good.B.eq(model.B).all().item<bool>());
        AssertHolds(folder["last"], good, same: true);
    }

    [Fact]
    public void Start_WithStateOfAnotherModel_NamesTheTensor()
    {
        using var folder = new TemporaryFolder();
        using var model = new TinyTrainable();
        using var other = new TinyTrainable();
        other.Add("extra", zeros(2));
        TrainingPlan plan = Plan with { OutputDirectory = folder.Path };
        CancelAfter(model, plan, Data(), 2);

        PeftException error = Assert.Throws<PeftException>(() => { TrainingRun.Start(other, plan with { Resume = true }, Data()); });

        Assert.Equal("PEFT407", error.Id);
        Assert.Contains("'parameter.extra' is missing", error.Message, StringComparison.Ordinal);
    }

    private static TrainingData Data() => TrainingData.FromRows(TrainingLoop.Rows(20)).WithEvaluation(TrainingData.FromRows(TrainingLoop.Rows(5, seed: 8)));

    private static TrainingResult CancelAfter(TinyTrainable model, TrainingPlan plan, TrainingData data, int steps)
    {
        using var cancellation = new CancellationTokenSource();
        var progress = new TrainingRunTests.Reports(report =>
        {
            if (report.Step == steps)
            {
                cancellation.Cancel();
            }
        });
        return TrainingLoop.Train(model, plan, data, progress, cancellation.Token);
    }

    private static void CopyBase(TinyTrainable from, TinyTrainable to)
    {
        // Same base, other adapter: a resumed run must take the adapter from its state.
        to.TakeBase(from);
        Assert.False(to.A.eq(from.A).all().item<bool>());
    }

    private static void AssertHolds(string directory, TinyTrainable model, bool same)
    {
        using SafetensorsFile file = SafetensorsFile.Open(Path.Combine(directory, "adapter_model.safetensors"));
        using Tensor saved = file.Read("lora_B");
        Assert.Equal(same, saved.eq(model.B).all().item<bool>());
    }
}
