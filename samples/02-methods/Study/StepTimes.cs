using System.Diagnostics;
using Peft.Declarative;
using Peft.Declarative.Layers;

namespace MethodStudy.Study;

/// <summary>
/// Compares the steps of two methods in one process. They take turns, a few steps each, so that whatever else the machine does falls on both alike.
/// Whole generated loops are run, so that what a method does after a step counts too.
/// </summary>
internal static class StepTimes
{
    private const int StepsPerTurn = 6;

    /// <summary>Median time of a step, and its ratio to the other's.</summary>
    internal static (double Milliseconds, double Ratio) Compare(Candidate candidate, Candidate other, Classroom room, int rounds)
    {
        using CausalLanguageModel model = Prepared(candidate, room);
        using CausalLanguageModel otherModel = Prepared(other, room);
        TrainingData data = Lesson(candidate, room);
        List<double> mine = [];
        List<double> theirs = [];
        for (int round = 0; round < rounds; round++)
        {
            mine.AddRange(Turn(candidate, model, data));
            theirs.AddRange(Turn(other, otherModel, data));
        }

        return (Median(mine), Median(mine) / Median(theirs));
    }

    private static CausalLanguageModel Prepared(Candidate candidate, Classroom room)
    {
        CausalLanguageModel model = candidate.Load(room.BaseDirectory);
        model.ChangePlan = plan => plan with { Epochs = 1, WarmupSteps = 0, Schedule = Schedule.Constant, LearningRate = 1e-5 };
        return model;
    }

    // The same rows for both, and just enough of them for one turn.
    private static TrainingData Lesson(Candidate candidate, Classroom room) =>
        TrainingData.FromRows(room.Taught.Rows.Take(StepsPerTurn * candidate.Plan.BatchSize));

    // The first step of a turn begins with what stands before the loop.
    private static IEnumerable<double> Turn(Candidate candidate, CausalLanguageModel model, TrainingData data)
    {
        var watch = new StepWatch();
        candidate.Train(model, data, watch);
        return watch.Milliseconds.Skip(1);
    }

    private static double Median(List<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted[sorted.Length / 2];
    }

    // Progress<T> would report on another thread.
    private sealed class StepWatch : IProgress<TrainingProgress>
    {
        private long _last = Stopwatch.GetTimestamp();

        internal List<double> Milliseconds { get; } = [];

        public void Report(TrainingProgress value)
        {
            Milliseconds.Add(Stopwatch.GetElapsedTime(_last).TotalMilliseconds);
            _last = Stopwatch.GetTimestamp();
        }
    }
}
