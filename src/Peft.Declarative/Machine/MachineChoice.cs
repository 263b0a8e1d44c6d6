using System.Globalization;
using Peft.Declarative.Native;
using static TorchSharp.torch;

namespace Peft.Declarative.Machine;

/// <summary>What was chosen for work of one class of sizes on this machine, and why, in words.</summary>
internal static class MachineChoice
{
    // A smaller gain can be gone with the next measurement.
    private const double Worth = 1.2;

    /// <summary>
    /// The choice for training steps in one line, such as <c>CPU: 2 threads, 1.8 × one (idle ones sleep after 100 µs); float32 at 188 GFLOP/s</c>.
    /// </summary>
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

    /// <summary>The index of the number of threads of training steps.</summary>
    internal static int UsedOf(MachineSpeed speed) => OpenMpThreads.StepsFollowLoad ? speed.Fastest : speed.Counts.Count - 1;

    /// <summary>
    /// The number of threads of training steps, and why: <c>2 threads, 1.8 × one</c>, or <c>2 threads (OMP_NUM_THREADS=2)</c>. Where fewer are faster, as for small
    /// models and on busy machines, it is said.
    /// </summary>
    internal static string ThreadsOf(MachineSpeed speed)
    {
        if (speed.Counts.Count == 1)
        {
            string why = OpenMpThreads.FixedBy is { } set ? $" ({set})" : OpenMpThreads.Most == speed.Counts[0] ? "" : " (torch.set_num_threads)";
            return Threads(speed.Counts[0]) + why;
        }

        int used = UsedOf(speed);
        string gain = used == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $", {speed.Float32[used] / speed.Float32[0]:0.0} × one");
        string advice = OpenMpThreads.StepsFollowLoad ? ", as the load says"
            : speed.Float32[speed.Fastest] > Worth * speed.Float32[used] ? $", but {Threads(speed.Counts[speed.Fastest])} would be faster now: {OpenMpThreads.ProbeVariable}=steps"
            : "";
        return Threads(speed.Counts[used]) + gain + advice;
    }

    /// <summary>The type of the products with frozen weights, and its speed.</summary>
    internal static string TypeOf(MachineSpeed speed, bool allowsBFloat16)
    {
        double wide = speed.Float32[UsedOf(speed)];
        bool narrow = allowsBFloat16 && BFloat16Speed.IsFaster(speed.Rows, (long)speed.Width * speed.Width);
        return narrow && speed.BFloat16 is { } fast
            ? string.Create(CultureInfo.InvariantCulture, $"bfloat16 at {fast:0} GFLOP/s (float32: {wide:0})")
            : string.Create(CultureInfo.InvariantCulture, $"float32 at {wide:0} GFLOP/s");
    }

    private static string Threads(int count) => count == 1 ? "1 thread" : string.Create(CultureInfo.InvariantCulture, $"{count} threads");
}
