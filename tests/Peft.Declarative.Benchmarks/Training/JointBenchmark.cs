using System.Globalization;
using Peft.Declarative.Adapters;
using Peft.Declarative.Benchmarks.Machine;
using Peft.Declarative.Methods.Bottleneck;
using Peft.Declarative.Models;
using Peft.Declarative.Slots.Products;
using static TorchSharp.torch;

namespace Peft.Declarative.Benchmarks.Training;

/// <summary>The step of each method whose layers are computed together with their adapters, against the same step operation by operation, in turns.</summary>
internal static class JointBenchmark
{
    private const int DefaultRounds = 21;
    private const string Peak = "peak";

    private static readonly string[] AllLinear = [LayerAdapterAttribute.AllLinear];

    private static readonly (string Name, Func<AdapterConfig> Config)[] Methods =
    [
        ("LoRA", () => new LoraConfig { Rank = 8, Targets = AllLinear }),
        ("DoRA", () => new DoraConfig { Rank = 8, Targets = AllLinear }),
        ("VeRA", () => new VeraConfig { Targets = AllLinear }),
        ("(IA)³", () => new Ia3Config()),
        ("Houlsby", () => new BottleneckConfig { Targets = [SublayerKind.Attention, SublayerKind.FeedForward] }),
        ("Pfeiffer", () => new BottleneckConfig()),
        ("parallel", () => new ParallelBottleneckConfig()),
    ];

    private static readonly (string Name, LlamaConfig Shape, int Batch, int Time)[] Bases =
    [
        ("story model", StoryModel.Shape, StoryModel.Batch, StoryModel.Time),
        ("hidden 512", BenchmarkModel.Shape, BenchmarkModel.Batch, BenchmarkModel.Time),
    ];

    /// <param name="arguments">Number of rounds, if not 21; then names of methods, if not all.</param>
    internal static void Run(string[] arguments)
    {
        if (arguments is [Peak, var at, var which, var enabled])
        {
            Enable(bool.Parse(enabled));
            using OurStep step = Step(int.Parse(at, CultureInfo.InvariantCulture), int.Parse(which, CultureInfo.InvariantCulture));
            for (int i = 0; i < 3; i++)
            {
                step.Run();
            }

            Console.Write(PeakMemory.Bytes());
            return;
        }

        int rounds = arguments.Length > 0 ? int.Parse(arguments[0], CultureInfo.InvariantCulture) : DefaultRounds;
        Console.WriteLine($"{get_num_threads()} threads, {rounds} rounds");
        for (int i = 0; i < Bases.Length; i++)
        {
            Console.WriteLine($"{Bases[i].Name,-30} {"CPU ms",8} {"by operations",14} {"ratio",8} {"peak MB",10} {"by operations",14}");
            for (int j = 0; j < Methods.Length; j++)
            {
                if (arguments.Length < 2 || arguments[1..].Contains(Methods[j].Name))
                {
                    Measure(i, j, rounds);
                }
            }
        }
    }

    // CPU time, which feels neighbours on the machine less.
    private static void Measure(int at, int which, int rounds)
    {
        double[] joint = new double[rounds];
        double[] separate = new double[rounds];
        using (OurStep step = Step(at, which))
        {
            for (int round = -2; round < rounds; round++)
            {
                (double one, double other) = (Milliseconds(() => step.Run()), Milliseconds(() => WithoutJoint(step)));
                if (round >= 0)
                {
                    (joint[round], separate[round]) = (one, other);
                }
            }
        }

        double[] peaks = [.. new[] { true, false }.Select(enabled => PeakMemory.OfProcess(["joint", Peak, $"{at}", $"{which}", $"{enabled}"]) / 1e6)];
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{Methods[which].Name,-30} {Turns.Median(joint),8:F1} {Turns.Median(separate),14:F1} {Turns.Ratio(joint, separate),8:F3} {peaks[0],10:F0} {peaks[1],14:F0}"));
    }

    private static double Milliseconds(Action work)
    {
        TimeSpan start = Environment.CpuUsage.TotalTime;
        work();
        return (Environment.CpuUsage.TotalTime - start).TotalMilliseconds;
    }

    private static void WithoutJoint(OurStep step)
    {
        Enable(false);
        step.Run();
        Enable(true);
    }

    private static void Enable(bool value) => (LayerProduct.IsEnabled, BottleneckFunction.IsEnabled) = (value, value);

    private static OurStep Step(int at, int which)
    {
        (_, LlamaConfig shape, int batch, int time) = Bases[at];
        LlamaForCausalLM model = LlamaForCausalLM.FromConfig(shape, seed: 1);
        model.Adapters.Attach(new Adapter("default", Methods[which].Config()));
        var random = new Random(1);
        IEnumerable<TrainingRow> rows = Enumerable.Range(0, batch)
            .Select(_ => TrainingRow.OfText([.. Enumerable.Range(0, time).Select(_ => random.Next((int)shape.VocabularySize))]));
        return new OurStep(model, BenchmarkModel.StepPlan with { BatchSize = batch, MaxLength = time }, TrainingData.FromRows(rows));
    }
}
