using System.Diagnostics;
using Peft.Declarative.Benchmarks.Training;
using static TorchSharp.torch;

namespace Peft.Declarative.Benchmarks.Machine;

/// <summary>A piece of work whose pace is measured in a process of its own, because the waiting policy belongs to the process.</summary>
internal static class MachineWork
{
    internal const string Story = "story";
    internal const string StoryIdiomatic = "story-idiomatic";
    internal const string Wide = "wide";
    internal const string Decode = "decode";

    // .NET compiles a method again, optimized, once it has been called thirty times and nothing new was compiled for 100 ms.
    private const int WarmUp = 40;
    private const int NewTokens = 32;

    /// <summary>Repeats a work, and gives the tokens per second of its median repetition.</summary>
    /// <param name="name">One of the constants.</param>
    /// <param name="seconds">How long, after a few repetitions to warm up.</param>
    internal static double Pace(string name, double seconds)
    {
        random.manual_seed(1).Dispose();
        return name switch
        {
            Story => OfStory(idiomatic: false, seconds),
            StoryIdiomatic => OfStory(idiomatic: true, seconds),
            Wide => OfWide(seconds),
            Decode => OfDecode(seconds),
            _ => throw new ArgumentException($"There is no work '{name}'.", nameof(name)),
        };
    }

    private static double OfStory(bool idiomatic, double seconds)
    {
        using StoryModel model = StoryModel.FromConfig(StoryModel.Shape, seed: 1);
        int[][] rows = Rows(StoryModel.Batch, StoryModel.Time, StoryModel.Shape.VocabularySize);
        using Tensor ids = tensor(rows.SelectMany(row => row).Select(id => (long)id).ToArray(), [StoryModel.Batch, StoryModel.Time]);
        var shape = new IdiomaticShape(
            StoryModel.Shape, StoryModel.Time, StoryModel.Rank, "q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj");
        using var theirs = new IdiomaticStep(shape, model, [ids]);
        using var ours = new OurStep(model, StoryModel.Plan, TrainingData.FromRows(rows.Select(row => TrainingRow.OfText(row))));
        if (Math.Abs(ours.Run() - theirs.Run()) > 1e-3)
        {
            throw new InvalidOperationException("The losses differ: it is not the same work.");
        }

        return Pace(() => (idiomatic ? theirs : (ITrainingStep)ours).Run(), StoryModel.Batch * StoryModel.Time, seconds);
    }

    private static double OfWide(double seconds)
    {
        using BenchmarkModel model = BenchmarkModel.FromConfig(BenchmarkModel.Shape, seed: 1);
        int[][] rows = Rows(BenchmarkModel.Batch, BenchmarkModel.Time, BenchmarkModel.Shape.VocabularySize);
        using var step = new OurStep(model, BenchmarkModel.StepPlan, TrainingData.FromRows(rows.Select(row => TrainingRow.OfText(row))));
        return Pace(() => step.Run(), BenchmarkModel.Batch * BenchmarkModel.Time, seconds);
    }

    private static double OfDecode(double seconds)
    {
        using StoryModel model = StoryModel.FromConfig(StoryModel.Shape, seed: 1);
        var generator = new TextGenerator(model);
        using Tensor prompt = ones(1, 1, dtype: ScalarType.Int64);
        var options = new GenerationOptions { MaxNewTokens = NewTokens, EosTokenIds = [] };
        return Pace(() => generator.Generate(prompt, null, options).Dispose(), NewTokens, seconds);
    }

    private static double Pace(Action work, int tokens, double seconds)
    {
        for (int i = 0; i < WarmUp; i++)
        {
            work();
        }

        List<double> times = [];
        for (var clock = Stopwatch.StartNew(); clock.Elapsed.TotalSeconds < seconds;)
        {
            long start = Stopwatch.GetTimestamp();
            work();
            times.Add(Stopwatch.GetElapsedTime(start).TotalSeconds);
        }

        return tokens / Turns.Median([.. times]);
    }

    private static int[][] Rows(int batch, int time, long vocabulary)
    {
        var random = new Random(1);
        return [.. Enumerable.Range(0, batch).Select(_ => Enumerable.Range(0, time).Select(_ => random.Next((int)vocabulary)).ToArray())];
    }
}
