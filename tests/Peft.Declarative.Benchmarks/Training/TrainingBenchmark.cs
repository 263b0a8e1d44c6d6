using System.Diagnostics;
using System.Globalization;
using static TorchSharp.torch;

namespace Peft.Declarative.Benchmarks.Training;

/// <summary>
/// Our training step, the same step as hand-written TorchSharp, the floor, and our step over other bases, in one process and taking turns, so that whatever
/// else the machine does falls on all of them alike. The peak memory of each base is that of a process of its own.
/// </summary>
internal static class TrainingBenchmark
{
    private const int WarmUp = 3;
    private const int DefaultRounds = 21;
    private const string Peak = "peak";
    private const string Larger = "1024";
    private const string FloorAlone = "floor";

    /// <param name="arguments">1024 for the larger base; then the number of rounds, if not 21; then <c>floor</c> to compare with the floor alone.</param>
    internal static void Run(string[] arguments)
    {
        if (arguments is [Larger, ..])
        {
            BenchmarkModel.UseHidden1024();
            arguments = arguments[1..];
        }

        if (arguments is [Peak, var variant])
        {
            PrintPeak(BaseVariant.All[int.Parse(variant, CultureInfo.InvariantCulture)]);
            return;
        }

        int rounds = arguments.Length > 0 ? int.Parse(arguments[0], CultureInfo.InvariantCulture) : DefaultRounds;
        int[][] rows = Rows();
        TrainingData data = TrainingData.FromRows(rows.Select(row => TrainingRow.OfText(row)));
        using var model = (BenchmarkModel)BaseVariant.All[0].Create();
        bool floorAlone = arguments is [.., FloorAlone];
        BaseVariant[] variants = floorAlone ? [] : [.. BaseVariant.All.Skip(1)];
        CausalLanguageModel[] models = [.. variants.Select(variant => variant.Create())];
        using Tensor batch = tensor(rows.SelectMany(row => row).Select(id => (long)id).ToArray(), [BenchmarkModel.Batch, BenchmarkModel.Time]);

        using var idiomatic = new IdiomaticStep(new IdiomaticShape(BenchmarkModel.Shape, BenchmarkModel.Time, BenchmarkModel.Rank, "q_proj", "v_proj"), model, [batch]);
        using var ours = new OurStep(model, BenchmarkModel.StepPlan, data);
        using var floor = new FloorStep(ScalarType.Float32);
        using var panels = new FloorStep(ScalarType.Float32, inPanels: true);
        using var narrowFloor = new FloorStep(ScalarType.BFloat16);
        OurStep[] others = [.. models.Select((other, i) => new OurStep(other, BenchmarkModel.StepPlan, data, variants[i]))];
        ITrainingStep[] steps = [ours, idiomatic, floor, panels, narrowFloor, .. others];

        Console.WriteLine($"hidden {BenchmarkModel.Shape.HiddenSize}, {BenchmarkModel.Shape.LayerCount} layers, vocabulary {BenchmarkModel.Shape.VocabularySize}, "
            + $"batch {BenchmarkModel.Batch} × {BenchmarkModel.Time}, LoRA r={BenchmarkModel.Rank} on q, v; {get_num_threads()} threads, {rounds} rounds");
        CompareLosses(ours, idiomatic);
        Print(steps, Measure(steps, rounds));
        foreach (IDisposable used in others.Cast<IDisposable>().Concat(models))
        {
            used.Dispose();
        }

        if (!floorAlone)
        {
            PrintPeaks();
        }
    }

    private static void PrintPeaks()
    {
        Console.WriteLine();
        Console.WriteLine($"{"",-30} {"peak MB",10}");
        for (int i = 0; i < BaseVariant.All.Count; i++)
        {
            string variant = i.ToString(CultureInfo.InvariantCulture);
            long bytes = PeakMemory.OfProcess(["training", .. BenchmarkModel.Shape.HiddenSize == 1024 ? new[] { Larger } : [], Peak, variant]);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{BaseVariant.All[i].Name,-30} {bytes / 1e6,10:F0}"));
        }
    }

    private static void PrintPeak(BaseVariant variant)
    {
        using CausalLanguageModel model = variant.Create();
        using var step = new OurStep(model, BenchmarkModel.StepPlan, TrainingData.FromRows(Rows().Select(row => TrainingRow.OfText(row))), variant);
        for (int i = 0; i < WarmUp; i++)
        {
            step.Run();
        }

        Console.Write(PeakMemory.Bytes());
    }

    private static int[][] Rows()
    {
        var random = new Random(1);
        return [.. Enumerable.Range(0, BenchmarkModel.Batch).Select(_ => Ids(random))];
    }

    // The same work, or the times mean nothing.
    private static void CompareLosses(ITrainingStep ours, ITrainingStep idiomatic)
    {
        for (int step = 1; step <= WarmUp; step++)
        {
            (double mine, double theirs) = (ours.Run(), idiomatic.Run());
            if (Math.Abs(mine - theirs) > 1e-3)
            {
                throw new InvalidOperationException($"The losses of step {step} differ: {mine} and {theirs}.");
            }

            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"loss of step {step}: {mine:F5} and {theirs:F5}"));
        }
    }

    private static Measured[][] Measure(ITrainingStep[] steps, int rounds)
    {
        Measured[][] times = [.. steps.Select(_ => new Measured[rounds])];
        for (int round = -1; round < rounds; round++)
        {
            for (int i = 0; i < steps.Length; i++)
            {
                int which = (round + 1 + i) % steps.Length;
                long start = Stopwatch.GetTimestamp();
                TimeSpan cpu = Environment.CpuUsage.TotalTime;
                long managed = GC.GetAllocatedBytesForCurrentThread();
                long tensors = Tensor.TotalCount;
                steps[which].Run();
                if (round >= 0)
                {
                    times[which][round] = new Measured(
                        Stopwatch.GetElapsedTime(start).TotalMilliseconds,
                        (Environment.CpuUsage.TotalTime - cpu).TotalMilliseconds,
                        (GC.GetAllocatedBytesForCurrentThread() - managed) / 1024.0,
                        Tensor.TotalCount - tensors);
                }
            }
        }

        return times;
    }

    private static void Print(ITrainingStep[] steps, Measured[][] times)
    {
        Console.WriteLine($"{"",-30} {"median ms",10} {"best ms",9} {"tokens/s",9} {"to ours",8} {"CPU ms",9} {"to ours",8} {"managed KiB",12} {"tensors more",13}");
        for (int i = 0; i < steps.Length; i++)
        {
            double[] wall = [.. times[i].Select(time => time.Wall)];
            double[] cpu = [.. times[i].Select(time => time.Cpu)];

            // The ratio of each round, because neighbours on the machine slow whole rounds; CPU time feels them less.
            double wallRatio = Median([.. times[i].Zip(times[0], (time, ours) => time.Wall / ours.Wall)]);
            double cpuRatio = Median([.. times[i].Zip(times[0], (time, ours) => time.Cpu / ours.Cpu)]);
            double pace = BenchmarkModel.Batch * BenchmarkModel.Time * 1000.0 / Median(wall);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{steps[i].Name,-30} {Median(wall),10:F1} {wall.Min(),9:F1} {pace,9:F0} {wallRatio,8:F3} {Median(cpu),9:F1} {cpuRatio,8:F3} {Median([.. times[i].Select(time => time.Managed)]),12:F0} {times[i].Max(time => time.Tensors),13}"));
        }
    }

    // The last is the number of tensors that a step leaves behind.
    private readonly record struct Measured(double Wall, double Cpu, double Managed, long Tensors);

    private static double Median(double[] values)
    {
        double[] sorted = [.. values.Order()];
        return sorted[sorted.Length / 2];
    }

    private static int[] Ids(Random random) =>
        [.. Enumerable.Range(0, BenchmarkModel.Time).Select(_ => random.Next(BenchmarkModel.Shape.VocabularySize))];
}
