using System.Globalization;
using Peft.Declarative.Native;
using static TorchSharp.torch;

namespace Peft.Declarative.Machine;

/// <summary>What was chosen for work of one class of sizes on this machine, and why, in words.</summary>
internal static class MachineChoice
{
    /// <summary>The choice in one line, such as <c>CPU: 2 threads, 1.8 × one (idle ones sleep after 100 µs); float32 at 188 GFLOP/s</c>.</summary>
    /// <param name="rows">The number of rows of the work's products.</param>
    /// <param name="width">The number of their columns.</param>
    /// <param name="allowsBFloat16">Whether products may be computed in bfloat16.</param>
    internal static string Line(long rows, long width, bool allowsBFloat16)
    {
        if (!OpenMpThreads.MayProbe)
        {
            return $"CPU: {Threads(get_num_threads())} ({OpenMpThreads.FixedBy ?? "as set"}); float32";
        }

        MachineSpeed speed = MachineProbe.Of(rows, width);
        return $"CPU: {ThreadsOf(speed)} ({OpenMpWaiting.Description}); {TypeOf(speed, allowsBFloat16)}";
    }

    /// <summary>The number of threads, and why: <c>2 threads, 1.8 × one</c>, or <c>2 threads (OMP_NUM_THREADS=2)</c>.</summary>
    internal static string ThreadsOf(MachineSpeed speed)
    {
        if (speed.Counts.Count == 1)
        {
            string why = OpenMpThreads.FixedBy is { } set ? $" ({set})" : OpenMpThreads.Most == speed.Counts[0] ? "" : " (torch.set_num_threads)";
            return Threads(speed.Counts[0]) + why;
        }

        double gain = speed.Float32[speed.Fastest] / speed.Float32[speed.Fastest == 0 ? ^1 : 0];
        return string.Create(CultureInfo.InvariantCulture,
            $"{Threads(speed.Counts[speed.Fastest])}, {gain:0.0} × {(speed.Fastest == 0 ? Threads(speed.Counts[^1]) : "one")}");
    }

    /// <summary>The type of the products with frozen weights, and its speed.</summary>
    internal static string TypeOf(MachineSpeed speed, bool allowsBFloat16)
    {
        double wide = speed.Float32[speed.Fastest];
        bool narrow = allowsBFloat16 && BFloat16Speed.IsFaster(speed.Rows, (long)speed.Width * speed.Width);
        return narrow && speed.BFloat16 is { } fast
            ? string.Create(CultureInfo.InvariantCulture, $"bfloat16 at {fast:0} GFLOP/s (float32: {wide:0})")
            : string.Create(CultureInfo.InvariantCulture, $"float32 at {wide:0} GFLOP/s");
    }

    private static string Threads(int count) => count == 1 ? "1 thread" : string.Create(CultureInfo.InvariantCulture, $"{count} threads");
}
