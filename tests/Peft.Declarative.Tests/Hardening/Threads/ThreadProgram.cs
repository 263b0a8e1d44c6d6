using System.Diagnostics;
using System.Globalization;

namespace Peft.Declarative.Tests.Hardening.Threads;

/// <summary>The slow lane of threads: many rounds of a change beside a computation.</summary>
internal static class ThreadProgram
{
    private const int Rounds = 10_000;

    internal static int Run(string[] args)
    {
        int rounds = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : Rounds;
        var clock = Stopwatch.StartNew();
        IReadOnlyList<string> failures = ThreadRounds.Run(rounds);
        foreach (string failure in failures)
        {
            Console.Error.WriteLine(failure);
        }

        using Process self = Process.GetCurrentProcess();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{rounds:N0} rounds, {failures.Count} failures, {clock.Elapsed.TotalSeconds:F0} s; the process took at most {self.PeakWorkingSet64 / 1e6:N0} MB"));
        return failures.Count == 0 ? 0 : 1;
    }
}
