using System.Globalization;
using static TorchSharp.torch;

namespace Peft.Declarative.Benchmarks.Memory;

/// <summary>
/// A training step on a base that is read from files, with and without gradient checkpointing: time and the most memory that was resident. Each is a process
/// of its own, and the two of a pair take turns.
/// </summary>
internal static class MemoryBenchmark
{
    private const string Own = "own";

    /// <param name="arguments">The name of the shape (1024 unless given) and the number of turns, 3 unless given.</param>
    internal static void Run(string[] arguments)
    {
        if (arguments is [Own, var directory, var name, var index, var checkpointing])
        {
            MemoryProcess.Run(directory, MemoryShape.Named(name), MemoryVariant.All[int.Parse(index, CultureInfo.InvariantCulture)], bool.Parse(checkpointing));
            return;
        }

        MemoryShape shape = MemoryShape.Named(arguments.Length > 0 ? arguments[0] : MemoryShape.All[0].Name);
        int turns = arguments.Length > 1 ? int.Parse(arguments[1], CultureInfo.InvariantCulture) : 3;
        string root = Directory.CreateTempSubdirectory("peft-memory-").FullName;
        try
        {
            Compare(shape, turns, root);
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }
    }

    private static void Compare(MemoryShape shape, int turns, string root)
    {
        Console.WriteLine($"hidden {shape.Checkpoint.Hidden}, {shape.Checkpoint.Blocks} layers, {shape.Batch} × {shape.Time} tokens, {turns} turns");
        Console.WriteLine($"{"",-20} {"file MB",8} {"ms",9} {"tokens/s",9} {"peak MB",8} {"checkpointed ms",16} {"to without",11} {"peak MB",8}");
        foreach (ScalarType type in MemoryShape.FileTypes)
        {
            string directory = Directory.CreateDirectory(Path.Combine(root, type.ToString())).FullName;
            long file = shape.Checkpoint.Write(directory, type);
            for (int i = 0; i < MemoryVariant.All.Count; i++)
            {
                if (MemoryVariant.All[i].FileType == type)
                {
                    Print(shape, i, file, Measure(shape, i, directory, turns));
                }
            }

            Directory.Delete(directory, recursive: true);
        }
    }

    private static (double[] Plain, double[] Checkpointed, double[] Ratios) Measure(MemoryShape shape, int variant, string directory, int turns)
    {
        string[][] outputs = [.. Enumerable.Range(0, 2 * turns).Select(turn => OwnProcess.Output(
            [], "memory", Own, directory, shape.Name, variant.ToString(CultureInfo.InvariantCulture), (turn % 2 == 1).ToString()).Split(' '))];
        double[][] numbers = [.. outputs.Select(output => Array.ConvertAll(output, text => double.Parse(text, CultureInfo.InvariantCulture)))];
        double[][] plain = [.. numbers.Where((_, turn) => turn % 2 == 0)];
        double[][] checkpointed = [.. numbers.Where((_, turn) => turn % 2 == 1)];
        return (Medians(plain), Medians(checkpointed), [.. plain.Zip(checkpointed, (one, other) => other[0] / one[0])]);
    }

    private static double[] Medians(double[][] runs) => [Turns.Median([.. runs.Select(run => run[0])]), Turns.Median([.. runs.Select(run => run[1])])];

    private static void Print(MemoryShape shape, int variant, long file, (double[] Plain, double[] Checkpointed, double[] Ratios) result)
    {
        double pace = shape.Batch * shape.Time * 1000.0 / result.Plain[0];
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{MemoryVariant.All[variant].Name,-20} {file / 1e6,8:F0} {result.Plain[0],9:F0} {pace,9:F0} {result.Plain[1] / 1e6,8:F0} {result.Checkpointed[0],16:F0} "
            + $"{Turns.Median(result.Ratios),11:F2} {result.Checkpointed[1] / 1e6,8:F0}"));
    }
}
