using System.Globalization;
using static TorchSharp.torch;

namespace Peft.Declarative.Benchmarks.Memory;

/// <summary>
/// A training step on a base that is read from files, with each level of gradient checkpointing: time and the most memory that was resident. Each is a process
/// of its own, and the levels take turns.
/// </summary>
internal static class MemoryBenchmark
{
    private const string Own = "own";

    private static readonly Checkpointing[] Levels = [Checkpointing.None, Checkpointing.Selective, Checkpointing.Full];

    /// <param name="arguments">The name of the shape (1024 unless given), the number of turns, 3 unless given, and the names of variants, all unless given.</param>
    internal static void Run(string[] arguments)
    {
        if (arguments is [Own, var directory, var name, var index, var checkpointing])
        {
            MemoryProcess.Run(directory, MemoryShape.Named(name), MemoryVariant.All[int.Parse(index, CultureInfo.InvariantCulture)], Enum.Parse<Checkpointing>(checkpointing));
            return;
        }

        MemoryShape shape = MemoryShape.Named(arguments.Length > 0 ? arguments[0] : MemoryShape.All[0].Name);
        int turns = arguments.Length > 1 ? int.Parse(arguments[1], CultureInfo.InvariantCulture) : 3;
        string root = Directory.CreateTempSubdirectory("peft-memory-").FullName;
        try
        {
            Compare(shape, turns, arguments.Length > 2 ? arguments[2..] : [.. MemoryVariant.All.Select(variant => variant.Name)], root);
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }
    }

    private static void Compare(MemoryShape shape, int turns, string[] names, string root)
    {
        Console.WriteLine($"hidden {shape.Checkpoint.Hidden}, {shape.Checkpoint.Blocks} layers, {shape.Batch} × {shape.Time} tokens, {turns} turns");
        Console.WriteLine($"{"",-22} {"file MB",8} {"ms",9} {"tokens/s",9} {"peak MB",8} {"selective ms",13} {"to without",11} {"peak MB",8} {"full ms",13} {"to without",11} {"peak MB",8}");
        foreach (ScalarType type in MemoryShape.FileTypes.Where(type => MemoryVariant.All.Any(variant => variant.FileType == type && names.Contains(variant.Name))))
        {
            string directory = Directory.CreateDirectory(Path.Combine(root, type.ToString())).FullName;
            long file = shape.Checkpoint.Write(directory, type);
            for (int i = 0; i < MemoryVariant.All.Count; i++)
            {
                if (MemoryVariant.All[i].FileType == type && names.Contains(MemoryVariant.All[i].Name))
                {
                    Print(shape, i, file, Measure(shape, i, directory, turns));
                }
            }

            Directory.Delete(directory, recursive: true);
        }
    }

    // For each turn, the milliseconds and the bytes of each level.
    private static (double Milliseconds, double Bytes)[][] Measure(MemoryShape shape, int variant, string directory, int turns) =>
        [.. Enumerable.Range(0, turns).Select(_ => Array.ConvertAll(Levels, level => Run(shape, variant, directory, level)))];

    private static (double Milliseconds, double Bytes) Run(MemoryShape shape, int variant, string directory, Checkpointing level)
    {
        string[] output = OwnProcess.Output([], "memory", Own, directory, shape.Name, variant.ToString(CultureInfo.InvariantCulture), level.ToString()).Split(' ');
        return (double.Parse(output[0], CultureInfo.InvariantCulture), double.Parse(output[1], CultureInfo.InvariantCulture));
    }

    private static void Print(MemoryShape shape, int variant, long file, (double Milliseconds, double Bytes)[][] turns)
    {
        double plain = Turns.Median([.. turns.Select(turn => turn[0].Milliseconds)]);
        Console.Write(string.Create(CultureInfo.InvariantCulture,
            $"{MemoryVariant.All[variant].Name,-22} {file / 1e6,8:F0} {plain,9:F0} {shape.Batch * shape.Time * 1000.0 / plain,9:F0} {Peak(turns, 0),8:F0}"));
        for (int level = 1; level < Levels.Length; level++)
        {
            double ratio = Turns.Median([.. turns.Select(turn => turn[level].Milliseconds / turn[0].Milliseconds)]);
            Console.Write(string.Create(CultureInfo.InvariantCulture,
                $" {Turns.Median([.. turns.Select(turn => turn[level].Milliseconds)]),13:F0} {ratio,11:F2} {Peak(turns, level),8:F0}"));
        }

        Console.WriteLine();
    }

    private static double Peak((double Milliseconds, double Bytes)[][] turns, int level) => Turns.Median([.. turns.Select(turn => turn[level].Bytes)]) / 1e6;
}
