using System.Diagnostics;
using System.Globalization;

namespace Peft.Declarative.Tests.Hardening.Threads;

/// <summary>The slow lane of threads: many rounds of a change beside a computation.</summary>
internal static class ThreadProgram
{
    private const int Rounds = 10_000;
    private const int RoundsToWarmUp = 300;
    private const long MostGrowth = 100L << 20;

    internal static int Run(string[] args)
    {
        int rounds = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : Rounds;
        List<string> failures = [.. ThreadRounds.Run(Math.Min(rounds, RoundsToWarmUp))];
        long before = Size();
        var clock = Stopwatch.StartNew();
        failures.AddRange(ThreadRounds.Run(rounds));
        long growth = Size() - before;
        if (growth > MostGrowth)
        {
            failures.Add($"The process grew by {growth:N0} bytes, more than {MostGrowth:N0}.");
        }

        foreach (string failure in failures)
        {
            Console.Error.WriteLine(failure);
        }

        using Process self = Process.GetCurrentProcess();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{rounds:N0} rounds, {failures.Count} failures, {clock.Elapsed.TotalSeconds:F0} s; the process grew by {growth / 1e6:N0} MB and took at most {self.PeakWorkingSet64 / 1e6:N0} MB"));
        return failures.Count == 0 ? 0 : 1;
    }

    private static long Size()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        using Process self = Process.GetCurrentProcess();
        return self.WorkingSet64;
    }
}
