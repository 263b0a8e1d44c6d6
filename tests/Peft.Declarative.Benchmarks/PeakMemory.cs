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
    internal static long OfProcess(params string[] arguments) => long.Parse(OutputOfProcess(arguments), CultureInfo.InvariantCulture);

    /// <summary>Runs this program in another process with other arguments.</summary>
    /// <returns>What it writes.</returns>
    internal static string OutputOfProcess(params string[] arguments)
    {
        // Started as 'dotnet Benchmarks.dll', the process is dotnet, and the library is its first argument.
        string program = Environment.ProcessPath!;
        bool hosted = Path.GetFileNameWithoutExtension(program) == "dotnet";
        var start = new ProcessStartInfo(program, hosted ? [typeof(PeakMemory).Assembly.Location, .. arguments] : arguments) { RedirectStandardOutput = true };
        using Process process = Process.Start(start)!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? output : throw new InvalidOperationException($"The process ended with {process.ExitCode}: {output}");
    }
}
