using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace Peft.Declarative.Native;

/// <summary>
/// How long idle OpenMP threads wait actively before they sleep. Whoever sleeps at once is woken too late for the next small product: a step of a small model
/// took almost twice as long. Whoever spins for milliseconds, as is the default, takes the cores from other processes and from its own siblings.
/// </summary>
/// <remarks>
/// The runtimes read their variables once, when they are loaded. libgomp (Linux) counts rounds of its loop in GOMP_SPINCOUNT, 300,000 by default and 100 while
/// there are more threads than cores (gcc.gnu.org/onlinedocs/libgomp/GOMP_005fSPINCOUNT.html). LLVM's libomp (macOS, some builds for Linux) and Intel's libiomp5
/// (Windows) count milliseconds in KMP_BLOCKTIME, 200 by default (openmp.llvm.org/design/Runtimes.html); microseconds only since version 18.
/// </remarks>
internal static partial class OpenMpWaiting
{
    private const string SpinCount = "GOMP_SPINCOUNT";
    private const string BlockTime = "KMP_BLOCKTIME";
    private const double Microseconds = 100;
    private const int MostRounds = 100_000;   // of a loop without a pause instruction, as on Arm, where a round takes a nanosecond

    private static readonly string[] Variables = ["OMP_WAIT_POLICY", SpinCount, BlockTime];

    /// <summary>What idle threads do, for people: <c>idle ones sleep after 100 µs</c>.</summary>
    internal static string Description { get; private set; } = "";

    /// <summary>Sets the time, unless the user has set a variable for it.</summary>
    internal static void Set()
    {
        if (Array.Find(Variables, variable => Environment.GetEnvironmentVariable(variable) is not null) is { } set)
        {
            Description = $"idle ones wait as {set}={Environment.GetEnvironmentVariable(set)} says";
            return;
        }

        Put(BlockTime, 1);
        bool countsRounds = OperatingSystem.IsLinux();
        if (countsRounds)
        {
            Put(SpinCount, Math.Min(MostRounds, (int)(1000 * Microseconds / PauseNanoseconds())));
        }

        Description = countsRounds ? string.Create(CultureInfo.InvariantCulture, $"idle ones sleep after {Microseconds} µs") : "idle ones sleep after 1 ms";
    }

    // A round of libgomp's loop is a pause, which takes from 10 ns to 50 ns. The least of several times, because another process can interrupt one.
    private static double PauseNanoseconds()
    {
        const int Pauses = 500;
        if (!X86Base.IsSupported)
        {
            return 1;
        }

        TimeSpan least = TimeSpan.MaxValue;
        for (int round = 0; round < 3; round++)
        {
            long start = Stopwatch.GetTimestamp();
            Pause(Pauses);
            TimeSpan time = Stopwatch.GetElapsedTime(start);
            least = time < least ? time : least;
        }

        return Math.Max(1, least.TotalNanoseconds / Pauses);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]   // it runs once
    private static void Pause(int times)
    {
        for (int i = 0; i < times; i++)
        {
            X86Base.Pause();
        }
    }

    // On Unix, native code does not see variables that Environment.SetEnvironmentVariable sets.
    private static void Put(string variable, int value)
    {
        string text = value.ToString(CultureInfo.InvariantCulture);
        if (OperatingSystem.IsWindows())
        {
            Environment.SetEnvironmentVariable(variable, text);
        }
        else
        {
            _ = SetEnv(variable, text, 0);
        }
    }

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetEnv(string name, string value, int overwrite);
}
