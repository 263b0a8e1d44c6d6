using System.Diagnostics;
using System.Globalization;

namespace Peft.Declarative.Benchmarks;

/// <summary>The most bytes of a process that were resident at once.</summary>
internal static class PeakMemory
{
    // Linux counts mapped pages of files too, which is fair: they are memory while they are resident.
    internal static long Bytes()
    {
        const string Status = "/proc/self/status";
        if (!File.Exists(Status))
        {
            return Process.GetCurrentProcess().PeakWorkingSet64;
        }

        string line = File.ReadLines(Status).First(line => line.StartsWith("VmHWM:", StringComparison.Ordinal));
        return 1024 * long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
    }

    /// <summary>Runs this program in another process with other arguments, and reads the bytes that it writes.</summary>
    internal static long OfProcess(params string[] arguments) => long.Parse(OwnProcess.Output([], arguments), CultureInfo.InvariantCulture);
}
