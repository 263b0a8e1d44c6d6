using System.Diagnostics;
using System.Globalization;

namespace Peft.Declarative.Benchmarks.Machine;

/// <summary>Other processes that never rest, one on each core: a busy machine. They end with this object, and by themselves should their parent be killed.</summary>
internal sealed class Neighbours : IDisposable
{
    private readonly Process[] _processes;

    internal Neighbours()
    {
        _processes = [.. Enumerable.Range(0, Environment.ProcessorCount).Select(core => OwnProcess.Start([], "machine", "spin", core.ToString(CultureInfo.InvariantCulture)))];
        Array.ForEach(_processes, process => process.StandardOutput.ReadLine());   // it spins
    }

    /// <summary>What such a process does.</summary>
    internal static void Spin(int core)
    {
        if (OperatingSystem.IsLinux() || OperatingSystem.IsWindows())
        {
            Process.GetCurrentProcess().ProcessorAffinity = 1 << core;
        }

        Console.WriteLine();
        for (var clock = Stopwatch.StartNew(); clock.Elapsed.TotalMinutes < 1;)
        {
            Thread.SpinWait(1000);
        }
    }

    public void Dispose()
    {
        foreach (Process process in _processes)
        {
            process.Kill();
            process.WaitForExit();
            process.Dispose();
        }
    }
}
