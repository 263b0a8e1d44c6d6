using System.Diagnostics;
using static TorchSharp.torch;

namespace Peft.Declarative.Native;

/// <summary>
/// Times two ways of computing the same, on one thread: on several, a product ends when the slowest of them has had its core, and beside other processes the number
/// of times that threads wait for each other would decide.
/// </summary>
internal static class Race
{
    private const int Rounds = 8;

    /// <summary>Whether one way is clearly faster than the other. They take turns, so that a neighbour's burst does not fall on one of them alone.</summary>
    /// <param name="one">The first way.</param>
    /// <param name="other">The second way, which wins where both take about the same time.</param>
    /// <param name="leastGain">How many times as fast the first way must be, at least.</param>
    internal static bool IsFaster(Func<Tensor> one, Func<Tensor> other, double leastGain)
    {
        bool isFree = OpenMpThreads.IsFree;
        if (isFree)
        {
            OpenMpThreads.Use(1);
        }

        try
        {
            return Compare(one, other, leastGain);
        }
        finally
        {
            if (isFree)
            {
                OpenMpThreads.Use(OpenMpThreads.Most);
            }
        }
    }

    private static bool Compare(Func<Tensor> one, Func<Tensor> other, double leastGain)
    {
        (double bestOfOne, double bestOfOther) = (double.PositiveInfinity, double.PositiveInfinity);
        Seconds(one);   // the first ones prepare the kernels
        Seconds(other);
        for (int round = 0; round < Rounds; round++)
        {
            bestOfOne = Math.Min(bestOfOne, Seconds(one));
            bestOfOther = Math.Min(bestOfOther, Seconds(other));
        }

        return bestOfOther > leastGain * bestOfOne;
    }

    private static double Seconds(Func<Tensor> product)
    {
        using DisposeScope scope = NewDisposeScope();
        long start = Stopwatch.GetTimestamp();
        _ = product();
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }
}
