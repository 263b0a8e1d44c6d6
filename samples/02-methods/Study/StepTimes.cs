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

    /// <summary>Median time of a candidate's step, and its ratio to another's.</summary>
    /// <param name="candidate">What is measured.</param>
    /// <param name="other">What it is compared with.</param>
    /// <param name="load">Makes the model of either.</param>
    /// <param name="rows">Rows to train on, enough for one turn.</param>
    /// <param name="batchSize">Rows of a step.</param>
    /// <param name="rounds">Turns of each.</param>
    internal static (double Milliseconds, double Ratio) Compare(
        Candidate candidate, Candidate other, Func<Candidate, CausalLanguageModel> load, IEnumerable<TrainingRow> rows, int batchSize, int rounds)
    {
        TrainingData data = TrainingData.FromRows(rows.Take(StepsPerTurn * batchSize));
        using CausalLanguageModel model = load(candidate);
        using CausalLanguageModel otherModel = load(other);
        model.ChangePlan = otherModel.ChangePlan = plan => plan with
        {
            Epochs = 1, BatchSize = batchSize, WarmupSteps = 0, Schedule = Schedule.Constant, LearningRate = 1e-5,
        };
        List<double> mine = [];
        List<double> theirs = [];
        for (int round = 0; round < rounds; round++)
        {
            mine.AddRange(Turn(candidate, model, data));
            theirs.AddRange(Turn(other, otherModel, data));
        }

        return (Median(mine), Median(mine) / Median(theirs));
    }

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
