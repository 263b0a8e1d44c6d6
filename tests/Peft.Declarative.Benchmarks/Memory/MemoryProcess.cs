using System.Diagnostics;
using System.Globalization;
using Peft.Declarative.Benchmarks.Training;
using Peft.Declarative.Data;

namespace Peft.Declarative.Benchmarks.Memory;

/// <summary>Trains some steps in a process of its own, and prints the median milliseconds of a step and the most bytes that were resident.</summary>
internal static class MemoryProcess
{
    private const int WarmUp = 2;
    private const int Steps = 5;

    internal static void Run(string directory, MemoryShape shape, MemoryVariant variant, Checkpointing checkpointing)
    {
        using BenchmarkModel model = BenchmarkModel.FromPretrained(directory);
        variant.Prepare(model);
        TrainingPlan plan = BenchmarkModel.Plan with { BatchSize = shape.Batch, MaxLength = shape.Time, Checkpointing = checkpointing };
        using var step = new OurStep(model, plan, Rows(shape));
        List<double> seconds = [];
        for (int i = 0; i < WarmUp + Steps; i++)
        {
            long start = Stopwatch.GetTimestamp();
            step.Run();
            if (i >= WarmUp)
            {
                seconds.Add(Stopwatch.GetElapsedTime(start).TotalSeconds);
            }
        }

        Console.Write(string.Create(CultureInfo.InvariantCulture, $"{1000 * Turns.Median([.. seconds]):F2} {PeakMemory.Bytes()}"));
    }

    private static TrainingData Rows(MemoryShape shape)
    {
        var random = new Random(1);
        return TrainingData.FromRows(Enumerable.Range(0, shape.Batch).Select(_ =>
            TrainingRow.OfText([.. Enumerable.Range(0, shape.Time).Select(_ => random.Next(Loading.LargeCheckpoint.Vocabulary))])));
    }
}
