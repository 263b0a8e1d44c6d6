using System.Collections.Concurrent;
using System.Diagnostics;
using System.Numerics;
using Peft.Declarative.Native;
using Peft.Declarative.Native.Panels;
using static TorchSharp.torch;

namespace Peft.Declarative.Machine;

/// <summary>Times products of one class of sizes on this machine, under its present load. It takes some milliseconds, once per process and class.</summary>
internal static class MachineProbe
{
    private const int LargestSide = 512;          // beyond, nothing changes but the time that it takes
    private const double LeastSeconds = 0.001;    // for each number of threads, twice
    private const int LeastProducts = 3;

    private static readonly ConcurrentDictionary<(int Rows, int Width), Lazy<MachineSpeed>> Speeds = new();

    /// <summary>The speed of products [rows, width] × [width, width].</summary>
    internal static MachineSpeed Of(long rows, long width)
    {
        (int, int) key = (Class(rows), Class(width));
        return Speeds.GetOrAdd(key, static key => new Lazy<MachineSpeed>(() => Measure(key.Rows, key.Width))).Value;
    }

    /// <summary>1, 2, 4 and so on, and the most.</summary>
    internal static IReadOnlyList<int> Counts(int most)
    {
        List<int> counts = [];
        for (int count = 1; count < most; count *= 2)
        {
            counts.Add(count);
        }

        return [.. counts, most];
    }

    private static int Class(long size) => 1 << BitOperations.Log2((ulong)Math.Clamp(size, 1, LargestSide));

    private static MachineSpeed Measure(int rows, int width)
    {
        IReadOnlyList<int> counts = OpenMpThreads.IsFree ? Counts(OpenMpThreads.Most) : [get_num_threads()];
        double operations = 2.0 * rows * width * width;
        using IDisposable untracked = no_grad();
        using DisposeScope scope = NewDisposeScope();
        Tensor input = ones(rows, width, device: CPU);   // no random numbers, whose generator a run depends on
        Tensor weight = ones(width, width, device: CPU);
        double[] seconds = new double[counts.Count];
        try
        {
            foreach (int i in Enumerable.Range(0, counts.Count).Concat(Enumerable.Range(0, counts.Count).Reverse()))
            {
                Use(counts, i);
                seconds[i] += Seconds(input, weight);
            }

            Use(counts, counts.Count - 1);
            double? narrow = BFloat16Speed.HasInstructions && OpenMpThreads.MayProbe
                ? operations / Seconds(input.to(ScalarType.BFloat16), weight.to(ScalarType.BFloat16)) / 1e9
                : null;
            return new MachineSpeed(rows, width, counts, [.. seconds.Select(time => operations / (time / 2) / 1e9)], narrow);
        }
        finally
        {
            Use(counts, counts.Count - 1);
        }
    }

    private static void Use(IReadOnlyList<int> counts, int index)
    {
        if (counts.Count > 1)
        {
            OpenMpThreads.Use(counts[index]);
        }
    }

    // The mean, because an interruption belongs to the load; without the first product, which prepares the kernel.
    private static double Seconds(Tensor input, Tensor weight)
    {
        MatrixProduct.Linear(input, weight).Dispose();
        long start = Stopwatch.GetTimestamp();
        int products = 0;
        double seconds;
        do
        {
            using Tensor product = MatrixProduct.Linear(input, weight);
            product.mul_(product);   // what lies between products is divided among the threads too
            products++;
            seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        }
        while (products < LeastProducts || seconds < LeastSeconds);

        return seconds / products;
    }
}

/// <summary>What was measured for one class of sizes.</summary>
/// <param name="Rows">The number of rows of the product.</param>
/// <param name="Width">The number of its columns, and of what is summed.</param>
/// <param name="Counts">The numbers of threads, ascending.</param>
/// <param name="Float32">The billions of float32 operations per second with each.</param>
/// <param name="BFloat16">The same in bfloat16 with the most threads; <see langword="null"/> if the processor has no instructions for it.</param>
internal sealed record MachineSpeed(int Rows, int Width, IReadOnlyList<int> Counts, IReadOnlyList<double> Float32, double? BFloat16)
{
    // Below this, another run of the same probe can have another result.
    private const double Clear = 1.5;

    /// <summary>The index of the number of threads that was fastest.</summary>
    internal int Fastest => Enumerable.Range(0, Counts.Count).MaxBy(i => Float32[i]);

    /// <summary>Whether it was faster than its neighbours by more than the load can account for.</summary>
    internal bool IsClear => Float32.Where((_, i) => Math.Abs(i - Fastest) == 1).All(speed => Float32[Fastest] > Clear * speed);
}
