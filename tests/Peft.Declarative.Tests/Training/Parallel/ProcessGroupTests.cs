using Peft.Declarative.Data;
using Peft.Declarative.Training;
using Peft.Declarative.Training.Optimizers;
using Peft.Declarative.Training.Parallel;
using Peft.Declarative.Training.Schedules;
using TorchSharp;
using static TorchSharp.torch;

namespace Peft.Declarative.Tests.Training.Parallel;

public sealed class ProcessGroupTests
{
    private static readonly TrainingPlan Plan = new() { Epochs = 3, LearningRate = 0.05, BatchSize = 4, WarmupSteps = 2, MaxLength = 16 };

    [Theory]
    [InlineData(2, 1, 22)]
    [InlineData(2, 3, 22)]
    [InlineData(3, 1, 25)]   // the last step has one row for three processes
    [InlineData(4, 2, 2)]    // no step has rows enough
    public void Train_InProcesses_GivesTheLossesOfOneWithAsManyRows(int processes, int accumulate, int rows)
    {
        TrainingData data = TrainingData.FromRows(TrainingLoop.Rows(rows));
        using var alone = new TinyTrainable();
        TrainingResult expected = TrainingLoop.Train(alone, Plan with { BatchSize = 4 * processes * accumulate }, data);

        foreach ((TrainingResult? actual, Exception? error) in ThreadGroup.Run(processes, (group, model) =>
        {
            TrainingResult result = TrainingLoop.Train(model, Plan with { Accumulate = accumulate, ProcessGroup = group }, data);
            ScheduleData.AssertClose(alone.A, model.A, 1e-5, 1e-4, "lora_A");
            ScheduleData.AssertClose(alone.B, model.B, 1e-5, 1e-4, "lora_B");
            Assert.Equal(0, group.Abandoned);
            return result;
        }))
        {
            Assert.Null(error);
            Assert.Equal(expected.Losses.Count, actual!.Losses.Count);
            Assert.Equal(expected.Tokens, actual.Tokens);
            Assert.All(expected.Losses.Zip(actual.Losses), pair => Assert.Equal(pair.First, pair.Second, 1e-5));
        }
    }

    [Fact]
    public void Train_FromDifferentParameters_TakesThoseOfTheFirstProcess()
    {
        TrainingData data = TrainingData.FromRows(TrainingLoop.Rows(16));
        float[]?[] a = [.. ThreadGroup.Run(2, (group, model) =>
        {
            using (no_grad())
            {
                model.A.mul_(1 + group.Rank);
            }

            TrainingLoop.Train(model, Plan with { ProcessGroup = group }, data);
            return model.A.data<float>().ToArray();
        }).Select(process => process.Result)];

        Assert.NotNull(a[0]);
        Assert.Equal(a[0], a[1]);
    }

    [Fact]
    public void Train_OnOtherRows_SaysWhichProcess()
    {
        (TrainingResult?, Exception? Error)[] processes = ThreadGroup.Run(3, (group, model) =>
            TrainingLoop.Train(model, Plan with { ProcessGroup = group }, TrainingData.FromRows(TrainingLoop.Rows(16, seed: group.Rank == 1 ? 4 : 3))));

        Assert.All(processes, process => Assert.StartsWith("Process 1 of this run and process 0 have not the same plan", Assert.IsType<PeftException>(process.Error).Message, StringComparison.Ordinal));
        Assert.All(processes, process => Assert.Equal("PEFT423", ((PeftException)process.Error!).Id));
    }

    [Fact]
    public void Train_WhenOneIsCancelled_EndsAllAfterTheSameStep()
    {
        (TrainingResult? Result, Exception? Error)[] processes = ThreadGroup.Run(2, (group, model) =>
        {
            using var cancellation = new CancellationTokenSource();
            int passes = 0;
            model.Spoil = loss =>
            {
                if (group.Rank == 1 && ++passes == 3)
                {
                    cancellation.Cancel();
                }

                return loss;
            };
            return TrainingLoop.Train(model, Plan with { ProcessGroup = group }, TrainingData.FromRows(TrainingLoop.Rows(40)), cancellation: cancellation.Token);
        });

        Assert.All(processes, process => Assert.Equal(3, process.Result?.Steps));
        Assert.All(processes, process => Assert.True(process.Result!.Cancelled));
    }

    [Fact]
    public void Train_WithAnOutputDirectory_WritesOnceAndResumes()
    {
        using var folder = new TemporaryFolder();
        TrainingData data = TrainingData.FromRows(TrainingLoop.Rows(40)).WithEvaluation(TrainingData.FromRows(TrainingLoop.Rows(8, seed: 9)));
        List<string>[] saved = [[], []];
        TrainingPlan constant = Plan with { CustomSchedule = _ => new ConstantSchedule(2) };   // which does not depend on the number of epochs

        (TrainingResult? Result, Exception? Error)[] processes = [];
        foreach (int epochs in new[] { 1, 3 })
        {
            processes = ThreadGroup.Run(2, (group, model) =>
            {
                TrainingPlan plan = constant with { Epochs = epochs, ProcessGroup = group, OutputDirectory = folder["run"], Resume = epochs == 3 };
                TrainingResult result = TrainingLoop.Train(model, plan, data);
                saved[group.Rank].AddRange(model.Saved);
                return result;
            });
        }

        using var alone = new TinyTrainable();
        TrainingResult expected = TrainingLoop.Train(alone, constant with { BatchSize = 8 }, data);
        Assert.All(processes, process => Assert.Null(process.Error));
        Assert.All(processes, process => Assert.Equal(expected.Losses.Count, process.Result!.Losses.Count));
        Assert.All(processes, process => Assert.All(expected.Losses.Zip(process.Result!.Losses), pair => Assert.Equal(pair.First, pair.Second, 1e-5)));
        Assert.NotEmpty(saved[0]);
        Assert.Empty(saved[1]);
    }

    [Fact]
    public void BackwardPenalty_InProcesses_CountsOnce()
    {
        TrainingData data = TrainingData.FromRows(TrainingLoop.Rows(16));
        double Loss(ProcessGroup? group, TinyTrainable model, int batch)
        {
            using TrainingRun run = TrainingRun.Start(model, Plan with { Epochs = 1, BatchSize = batch, ProcessGroup = group }, data);
            foreach (Batch step in run.Batches())
            {
                using DisposeScope scope = NewDisposeScope();
                run.Backward(model.SumLoss(step.Whole) / step.LabelCount);
                run.BackwardPenalty(model.A.pow(2).sum());
                run.ClipGradients(1);
                run.Step();
            }

            return run.Finish().Losses[^1];
        }

        using var alone = new TinyTrainable();
        double expected = Loss(null, alone, 8);

        Assert.All(ThreadGroup.Run(2, (group, model) => Loss(group, model, 4)), process => Assert.Equal(expected, process.Result, 1e-5));
    }

    [Fact]
    public void Train_ThatFails_LeavesTheGroup()
    {
        Assert.All(ThreadGroup.Run(2, (group, model) =>
        {
            model.Spoil = _ => throw new InvalidOperationException("out of luck");
            Assert.Throws<InvalidOperationException>(() => TrainingLoop.Train(model, Plan with { ProcessGroup = group }, TrainingData.FromRows(TrainingLoop.Rows(16))));
            return group.Abandoned;
        }), process => Assert.Equal((1, null), process));
    }

    [Fact]
    public void Train_ThatCannotStart_LeavesTheGroup()
    {
        using var folder = new TemporaryFolder();
        TrainingData data = TrainingData.FromRows(TrainingLoop.Rows(16));
        TrainingPlan plan = Plan with { OutputDirectory = folder["run"] };
        using var earlier = new TinyTrainable();
        TrainingLoop.Train(earlier, plan, data);

        (int Abandoned, Exception? Error) process = Assert.Single(ThreadGroup.Run(1, (group, model) =>
        {
            Assert.Equal("PEFT421", Assert.Throws<PeftException>(() => TrainingLoop.Train(model, plan with { ProcessGroup = group }, data)).Id);
            return group.Abandoned;
        }));

        Assert.Equal((1, null), process);
    }

    [Fact]
    public void Sum_WhereSomeProcessHasNoGradient_IsThatOfTheOthers()
    {
        foreach ((string? Shown, Exception? Error) process in ThreadGroup.Run(2, (group, model) =>
        {
            using var exchange = new GradientExchange(group, FlatParameters.Over(model.TrainableParameters));
            using Tensor loss = tensor(group.Rank + 1.0f);
            model.A.grad = group.Rank == 1 ? ones_like(model.A).mul(3) : null;

            exchange.Sum(loss, stop: false);

            return FormattableString.Invariant($"{model.A.grad!.mean().item<float>()} {model.B.grad is null} {loss.item<float>()} {exchange.Stopped}");
        }))
        {
            Assert.Equal("3 True 3 False", process.Shown);
        }
    }

    [Fact]
    public void FromMpi_WithoutMpirun_IsNull() => Assert.Null(ProcessGroup.FromMpi());
}
