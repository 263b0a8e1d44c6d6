using System.Diagnostics;
using static TorchSharp.torch;

namespace Peft.Declarative.Machine;

/// <summary>The rate at which memory is read, which bounds the tokens per second of a model: each reads all weights once.</summary>
internal static class MachineMemory
{
    private const long Bytes = 128 << 20;   // more than caches hold
    private const int Rounds = 3;

    /// <summary>Measures it with all threads; some ten milliseconds.</summary>
    internal static double GigabytesPerSecond()
    {
        using IDisposable untracked = no_grad();
        using Tensor memory = ones(Bytes / sizeof(float), device: CPU);
        double best = double.PositiveInfinity;
        for (int round = 0; round < Rounds; round++)
        {
            long start = Stopwatch.GetTimestamp();
            memory.sum().Dispose();
            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalSeconds);
        }

        return Bytes / best / 1e9;
    }
}
