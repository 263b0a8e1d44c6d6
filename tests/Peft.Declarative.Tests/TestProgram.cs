using Peft.Declarative.App;
using Peft.Declarative.Tests.App;
using Peft.Declarative.Tests.Declared.Memory;
using Peft.Declarative.Tests.Gpu;
using Peft.Declarative.Tests.Hardening;
using Peft.Declarative.Tests.Hardening.Crashes;
using Peft.Declarative.Tests.Hardening.Threads;
using Peft.Declarative.Tests.Training.Parallel;

namespace Peft.Declarative.Tests;

/// <summary>
/// What of the tests runs as a process of its own: the slow lanes, <c>dotnet run -c Release --project tests/Peft.Declarative.Tests -- fuzz</c>,
/// <c>-- threads</c> and <c>-- crash</c>, the checks of a GPU, <c>-- device</c>, and the processes that tests start in order to end them.
/// </summary>
internal static class TestProgram
{
    private static int Main(string[] args) => args switch
    {
        ["fuzz", .. var rest] => FuzzProgram.Run(rest),
        ["threads", .. var rest] => ThreadProgram.Run(rest),
        ["crash", .. var rest] => CrashProgram.Run(rest),
        ["device", .. var rest] => DeviceProgram.Run(rest),
        ["app", .. var rest] => PeftConsole.Run(rest, TinyApp.Declaration),
        ["victim", "save", var folder] => SavingVictim.Run(folder),
        ["victim", "train", var folder] => TrainingVictim.Run(folder),
        ["victim", "rank", var end] => RankVictim.Run(end),
        ["memory", var assembly, var directory, var shape] => MemoryProgram.Run(assembly, directory, shape),
        _ => Usage(),
    };

    private static int Usage()
    {
        Console.Error.WriteLine("The tests run by 'dotnet test'. As a program: fuzz [inputs of each parser] [parser], threads [rounds], crash [kills], or device [cuda or cpu].");
        return 2;
    }
}
