using System.Diagnostics;
using System.Globalization;
using Peft.Declarative.Tests.Hardening.Crashes;

namespace Peft.Declarative.Tests.Hardening;

/// <summary>The slow lane of crash tests: half of the kills while saving, half while training. The first broken file ends it with an error.</summary>
internal static class CrashProgram
{
    private const int Seed = 1;
    private const int Kills = 100;

    internal static int Run(string[] args)
    {
        int kills = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : Kills;
        long start = Stopwatch.GetTimestamp();
        int between = CrashRun.KillWhileSaving(kills / 2, Seed);
        Console.WriteLine($"{kills / 2} kills while saving: every file whole; {between} kills fell between the renames of the two files");
        int runs = CrashRun.KillWhileTraining(kills - (kills / 2), Seed);
        Console.WriteLine($"{kills - (kills / 2)} kills while training: {runs} runs, each with the losses of an undisturbed one");
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Stopwatch.GetElapsedTime(start).TotalSeconds:F0} s"));
        return 0;
    }
}
