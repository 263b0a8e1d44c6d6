using System.Diagnostics;

namespace Peft.Declarative.Benchmarks;

/// <summary>Times works in turns, so that whatever else the machine does falls on all of them alike.</summary>
internal static class Turns
{
    /// <summary>Runs each work once to warm up, then all of them in each round.</summary>
    /// <returns>The seconds of each work in each round.</returns>
    internal static double[][] Seconds(int rounds, IReadOnlyList<Action> works)
    {
        double[][] seconds = [.. works.Select(_ => new double[rounds])];
        for (int round = -1; round < rounds; round++)
        {
            for (int i = 0; i < works.Count; i++)
            {
                long start = Stopwatch.GetTimestamp();
                works[i]();
                if (round >= 0)
                {
                    seconds[i][round] = Stopwatch.GetElapsedTime(start).TotalSeconds;
                }
            }
        }

        return seconds;
    }

    /// <summary>The median ratio of two works: of pairs in one round, because what else the machine does changes from round to round.</summary>
    internal static double Ratio(double[] one, double[] other) => Median([.. one.Zip(other, (first, second) => first / second)]);

    internal static double Median(double[] values) => values.Order().ElementAt(values.Length / 2);
}
