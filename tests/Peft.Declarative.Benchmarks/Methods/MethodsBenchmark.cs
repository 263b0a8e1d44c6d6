using System.Globalization;
using MethodStudy.Study;
using Peft.Declarative.Benchmarks.Training;
using Peft.Declarative.Layers;
using Peft.Declarative.Models;
using static TorchSharp.torch;

namespace Peft.Declarative.Benchmarks.Methods;

/// <summary>
/// A row for each method of the study: the time of its step against LoRA's on all linear layers, in turns, and whether tensors pile up over
/// 300 steps. LoRA's own row is the check: against itself it must come out at 1, and its parameters at what the formula says.
/// </summary>
internal static class MethodsBenchmark
{
    private const int DefaultRounds = 4;
    private const int LeakSteps = 300;
    private const int SmallTime = 16;

    // LoRA of rank 8 on q, k, v, o [512, 512] and gate, up, down [1536, 512] of four layers: r · (in + out) each.
    private const long LoraParameters = 4 * 8 * ((4 * (512 + 512)) + (3 * (512 + 1536)));
    private const double SelfTolerance = 0.15;

    private static LlamaConfig Small { get; } = BenchmarkModel.Shape with
    {
        VocabularySize = 256,
        HiddenSize = 64,
        LayerCount = 2,
        HeadCount = 4,
        KeyValueHeadCount = 4,
        HeadSize = 16,
        IntermediateSize = 128,
        Rotary = new RotaryEmbedding(RotaryEmbedding.Frequencies(width: 16)),
    };

    /// <param name="arguments">Number of rounds, if not 4; then short names of methods, if not all.</param>
    internal static void Run(string[] arguments)
    {
        int rounds = arguments.Length > 0 ? int.Parse(arguments[0], CultureInfo.InvariantCulture) : DefaultRounds;
        IEnumerable<Candidate> candidates = arguments.Length > 1 ? arguments[1..].Select(Candidates.Of) : Candidates.All;
        Console.WriteLine($"hidden {BenchmarkModel.Shape.HiddenSize}, {BenchmarkModel.Shape.LayerCount} layers, batch {BenchmarkModel.Batch} × "
            + $"{BenchmarkModel.Time}; LoRA r=8 on all linear layers; {get_num_threads()} threads, {rounds} rounds");
        Console.WriteLine($"{"",-32} {"trainable",11} {"median ms",10} {"to LoRA",8} {"tensors before",15} {$"after {LeakSteps} steps",16} {"resident",10}");
        foreach (Candidate candidate in candidates)
        {
            try
            {
                Measure(candidate, rounds);
            }
            catch (PeftException refusal)
            {
                Console.WriteLine($"{candidate.Title,-32} refused: {refusal.Id}");
            }
        }
    }

    private static void Measure(Candidate candidate, int rounds)
    {
        long trainable = CountTrainable(candidate);
        (_, double milliseconds, double ratio) = StepTimes.Measure(
            [Candidates.Lora, candidate], Large, Rows(BenchmarkModel.Shape, BenchmarkModel.Time), BenchmarkModel.Batch, rounds)[1];
        (long before, long after, double grown) = OverManySteps(candidate);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{candidate.Title,-32} {trainable,11:N0} {milliseconds,10:F1} {ratio,8:F2} {before,15:N0} {after,16:N0} {grown,6:+0.0;-0.0;0.0} MiB"));
        if (candidate == Candidates.Lora)
        {
            Check(trainable, ratio);
        }
    }

    private static void Check(long trainable, double ratio)
    {
        if (trainable != LoraParameters)
        {
            throw new InvalidOperationException($"LoRA trains {trainable:N0} parameters, but the formula says {LoraParameters:N0}.");
        }

        if (Math.Abs(ratio - 1) > SelfTolerance)
        {
            Console.WriteLine($"  LoRA against itself came out at {ratio:F2}: the machine is too busy for the ratios below to mean much.");
        }
    }

    private static CausalLanguageModel Large(Candidate candidate) => candidate.Make(BenchmarkModel.Shape);

    private static long CountTrainable(Candidate candidate)
    {
        using CausalLanguageModel model = Large(candidate);
        return model.TrainableParameters.Sum(parameter => parameter.Value.numel());
    }

    // The collector may help before, but not after, or a step that leaks would pass. What the number of tensors does not show, memory does.
    private static (long Before, long After, double GrownMiB) OverManySteps(Candidate candidate)
    {
        using CausalLanguageModel model = candidate.Make(Small);
        TrainingData data = TrainingData.FromRows(Rows(Small, SmallTime).Take(BenchmarkModel.Batch));
        model.ChangePlan = plan => plan with { BatchSize = BenchmarkModel.Batch, Epochs = 2 };
        candidate.Train(model, data, null);
        GC.Collect();
        GC.WaitForPendingFinalizers();
        (long before, long resident) = (Tensor.TotalCount, Environment.WorkingSet);
        model.ChangePlan = plan => plan with { BatchSize = BenchmarkModel.Batch, Epochs = LeakSteps };
        candidate.Train(model, data, null);
        return (before, Tensor.TotalCount, (Environment.WorkingSet - resident) / (double)(1 << 20));
    }

    private static IEnumerable<TrainingRow> Rows(LlamaConfig shape, int time)
    {
        var random = new Random(1);
        while (true)
        {
            yield return TrainingRow.OfText([.. Enumerable.Range(0, time).Select(_ => random.Next((int)shape.VocabularySize))]);
        }
    }
}
