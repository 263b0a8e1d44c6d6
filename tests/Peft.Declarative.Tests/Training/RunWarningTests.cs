using Microsoft.Extensions.Logging;

namespace Peft.Declarative.Tests.Training;

/// <summary>A run that cannot have learned says so.</summary>
public sealed class RunWarningTests
{
    private static readonly TrainingPlan Plan = new() { Epochs = 2, LearningRate = 0.01, BatchSize = 4 };

    [Theory]
    [InlineData(0, null)]
    [InlineData(2, null)]
    [InlineData(3, "PEFT431: The learning rate rises for the first 3 steps of a run of 4, so it is below its value for more than half of the run.")]
    [InlineData(100, "PEFT431: The learning rate rises for the first 100 steps of a run of 4, so it never reaches its value.")]
    public void Train_WithALongWarmup_SaysSo(int warmup, string? expected) => Expect(expected, Plan with { WarmupSteps = warmup }, TrainingLoop.Rows(8));

    [Fact]
    public void Train_OfRowsThatAreMostlyCut_SaysSo() => Expect(
        "PEFT432: 8 of 8 rows are longer than MaxLength (4 tokens)", Plan with { MaxLength = 4 }, [.. Enumerable.Range(0, 8).Select(_ => TrainingRow.OfText([1, 2, 3, 4, 5, 6]))]);

    [Fact]
    public void Train_OfLabelsThatAreMostlyIgnored_SaysSo() => Expect(
        "PEFT433: Only 8 of 248 tokens enter the loss", Plan, [.. Enumerable.Range(0, 8).Select(_ => TrainingRow.OfCompletion([.. Enumerable.Repeat(3, 30)], [4]))]);

    [Fact]
    public void Train_WhoseLossStaysTheSame_SaysSo() => Expect(
        "PEFT434: The loss was ", Plan with { LearningRate = 1e-12 }, [.. Enumerable.Range(0, 16).Select(_ => TrainingRow.OfText([1, 2, 3]))]);

    [Fact]
    public void Train_WhoseAdapterStaysTheSame_SaysSo() => Expect(
        "PEFT435: No tensor of the adapter has changed in 1 steps", Plan with { WarmupSteps = 50, Epochs = 1, BatchSize = 8 }, TrainingLoop.Rows(8));

    [Fact]
    public void Train_WithALogger_TellsItTheSame()
    {
        using var model = new TinyTrainable();
        var log = new Recorder();

        TrainingResult result = TrainingLoop.Train(model, Plan with { WarmupSteps = 100, Logger = log }, TrainingData.FromRows(TrainingLoop.Rows(8)));

        Assert.NotEmpty(result.Warnings);
        Assert.Equal(result.Warnings, log.Warnings);
    }

    private static void Expect(string? expected, TrainingPlan plan, TrainingRow[] rows)
    {
        using var model = new TinyTrainable();

        TrainingResult result = TrainingLoop.Train(model, plan, TrainingData.FromRows(rows));

        if (expected is null)
        {
            Assert.Empty(result.Warnings);
        }
        else
        {
            Assert.Contains(result.Warnings, warning => warning.StartsWith(expected, StringComparison.Ordinal));
        }
    }

    private sealed class Recorder : ILogger
    {
        internal List<string> Warnings { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            Assert.Equal(LogLevel.Warning, logLevel);
            Warnings.Add(formatter(state, exception));
        }
    }
}
