using System.Diagnostics;
using Peft.Declarative;

namespace MethodStudy.Study;

/// <summary>
/// Compares the steps of methods in one process. They take turns, a few steps each, so that whatever else the machine does falls on all alike.
/// Whole generated loops are run, so that what a method does after a step counts too.
/// </summary>
internal static class StepTimes
{
    private const int StepsPerTurn = 6;

    /// <summary>Times of some candidates; each round's are compared with that round's of the first.</summary>
    /// <param name="candidates">The reference, then the others.</param>
    /// <param name="load">Makes the model of each.</param>
    /// <param name="rows">Rows to train on, enough for one turn.</param>
    /// <param name="batchSize">Rows of a step.</param>
    /// <param name="rounds">Turns of each.</param>
    internal static IReadOnlyList<StepTime> Measure(
        IReadOnlyList<Candidate> candidates, Func<Candidate, CausalLanguageModel> load, IEnumerable<TrainingRow> rows, int batchSize, int rounds)
    {
        TrainingData data = TrainingData.FromRows(rows.Take(StepsPerTurn * batchSize));
        CausalLanguageModel[] models = [.. candidates.Select(load)];
        try
        {
            foreach (CausalLanguageModel model in models)
            {
                model.ChangePlan = plan => plan with
                {
                    Epochs = 1,
                    BatchSize = batchSize,
                    WarmupSteps = 0,
                    Schedule = Schedule.Constant,
                    LearningRate = 1e-5,
                };
            }

            double[][] turns = [.. Enumerable.Range(0, rounds).Select(_ => candidates.Zip(models, (candidate, model) => Turn(candidate, model, data)).ToArray())];
            return [.. candidates.Select((candidate, i) => new StepTime(candidate.Name, Median(turns.Select(turn => turn[i])), Median(turns.Select(turn => turn[i] / turn[0]))))];
        }
        finally
        {
            Array.ForEach(models, model => model.Dispose());
        }
    }

    // The first step of a turn begins with what stands before the loop.
    private static double Turn(Candidate candidate, CausalLanguageModel model, TrainingData data)
    {
        var watch = new StepWatch();
        candidate.Train(model, data, watch);
        return Median(watch.Milliseconds.Skip(1));
    }

    private static double Median(IEnumerable<double> values)
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
