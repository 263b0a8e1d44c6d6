using System.Diagnostics;
using System.Globalization;
using Peft.Declarative.Tests.Hardening.Fuzzing;

namespace Peft.Declarative.Tests.Hardening;

/// <summary>The slow lane of fuzzing: many inputs for each parser, one table.</summary>
internal static class FuzzProgram
{
    private const int Seed = 1;
    private const int Inputs = 200_000;

    internal static int Run(string[] args)
    {
        int inputs = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : Inputs;
        IEnumerable<string> names = args.Length > 1 ? args[1..] : FuzzTargets.Names;
        Console.WriteLine($"{"parser",-18}{"inputs",10}{"accepted",10}{"refused",10}{"malformed",10}{"seconds",10}{"slowest ms",12}{"most MB",10}");
        int failures = 0;
        foreach (string name in names)
        {
            using FuzzTarget target = FuzzTargets.Make(name);
            FuzzReport report = new FuzzRun(target, inputs, Seed).Go();
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{name,-18}{report.Inputs,10:N0}{report.Accepted,10:N0}{report.Refused,10:N0}{report.Malformed,10:N0}{report.Time.TotalSeconds,10:F1}{report.Slowest.TotalMilliseconds,12:F0}{report.MostAllocated / 1e6,10:F1}"));
            report.Failures.ForEach(Console.Error.WriteLine);
            failures += report.Failures.Count;
        }

        using Process self = Process.GetCurrentProcess();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{failures} failures; the process took at most {self.PeakWorkingSet64 / 1e6:N0} MB"));
        return failures == 0 ? 0 : 1;
    }
}
