using System.Globalization;

namespace Peft.Declarative.Benchmarks.Machine;

/// <summary>
/// A small model's step beside the same as idiomatic TorchSharp with each number of threads and waiting policy, and our other work, alone and with a neighbour that
/// spins on each core. Each is a process of its own, because OpenMP reads its policy once; they take turns.
/// </summary>
internal static class MachineBenchmark
{
    private const int DefaultRounds = 3;
    private const string Seconds = "1.5";

    // libgomp's own default is 300,000 spins, which a variable must say, because the library would set its own.
    private static readonly (string Work, string Name, Dictionary<string, string> Variables)[] Contestants =
    [
        (MachineWork.Story, "ours, as it is", []),
        (MachineWork.StoryIdiomatic, "idiomatic, 1 thread", new() { ["OMP_NUM_THREADS"] = "1" }),
        (MachineWork.StoryIdiomatic, "idiomatic, libgomp's default", new() { ["GOMP_SPINCOUNT"] = "300000" }),
        (MachineWork.StoryIdiomatic, "idiomatic, passive", new() { ["OMP_WAIT_POLICY"] = "passive" }),
        (MachineWork.StoryIdiomatic, "idiomatic, active", new() { ["OMP_WAIT_POLICY"] = "active" }),
        (MachineWork.Wide, "ours, as it is", []),
        (MachineWork.Decode, "ours, as it is", []),
    ];

    /// <param name="arguments">Number of rounds, if not 3; or <c>work NAME SECONDS</c> for one piece of work, to look at with a profiler.</param>
    internal static void Run(string[] arguments)
    {
        switch (arguments)
        {
            case ["work", var name, var seconds]:
                Console.Write(MachineWork.Pace(name, double.Parse(seconds, CultureInfo.InvariantCulture)).ToString("R", CultureInfo.InvariantCulture));
                break;
            case ["spin", var core]:
                Neighbours.Spin(int.Parse(core, CultureInfo.InvariantCulture));
                break;
            default:
                Compare(arguments is [var rounds] ? int.Parse(rounds, CultureInfo.InvariantCulture) : DefaultRounds);
                break;
        }
    }

    private static void Compare(int rounds)
    {
        double[][] quiet = [.. Contestants.Select(_ => new double[rounds])];
        double[][] busy = [.. Contestants.Select(_ => new double[rounds])];
        for (int round = 0; round < rounds; round++)
        {
            Fill(quiet, round, areBusy: false);
            Fill(busy, round, areBusy: true);
        }

        Console.WriteLine($"{Environment.ProcessorCount} cores, {rounds} rounds of {Seconds} s; tokens/s, the median of rounds and the best");
        Console.WriteLine($"{"work",-16} {"",-30} {"alone",8} {"best",8} {"busy",8} {"best",8} {"alone / busy",13}");
        for (int i = 0; i < Contestants.Length; i++)
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{Contestants[i].Work,-16} {Contestants[i].Name,-30} {Turns.Median(quiet[i]),8:F0} {quiet[i].Max(),8:F0} {Turns.Median(busy[i]),8:F0} {busy[i].Max(),8:F0} {Turns.Ratio(quiet[i], busy[i]),13:F2}"));
        }

        double best = Contestants.Select((contestant, i) => contestant.Work == MachineWork.StoryIdiomatic ? Turns.Median(quiet[i]) : 0).Max();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"ours to the best of idiomatic, alone: {Turns.Median(quiet[0]) / best:F2}"));
    }

    private static void Fill(double[][] paces, int round, bool areBusy)
    {
        for (int i = 0; i < Contestants.Length; i++)
        {
            using Neighbours? neighbours = areBusy ? new Neighbours() : null;   // for each work, because they end by themselves after a minute
            paces[i][round] = double.Parse(OwnProcess.Output(Contestants[i].Variables, "machine", "work", Contestants[i].Work, Seconds), CultureInfo.InvariantCulture);
        }
    }
}
