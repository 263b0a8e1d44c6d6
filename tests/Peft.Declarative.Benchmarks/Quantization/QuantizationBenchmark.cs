using System.Diagnostics;
using System.Globalization;
using Peft.Declarative.Benchmarks.Training;
using Peft.Declarative.Layers;
using Peft.Declarative.Native;
using Peft.Declarative.Quantization;
using Peft.Declarative.Slots;
using static TorchSharp.torch;

namespace Peft.Declarative.Benchmarks.Quantization;

/// <summary>
/// Weights of 4 bits: how fast they are made and given back, against copying as many floats, and what a training step costs over them. All in one
/// process and taking turns, so that whatever else the machine does falls on all alike.
/// </summary>
internal static class QuantizationBenchmark
{
    private const int Side = 4096;
    private const int Rounds = 15;

    internal static void Run(string[] arguments)
    {
        NativeStartup.EnsureLoaded();
        Console.WriteLine($"NF4, blocks of 64, double quantisation; a weight of {Side} × {Side}; {get_num_threads()} threads, median of {Rounds} rounds");
        Kernels();
        Console.WriteLine();
        Steps();
    }

    private static unsafe void Kernels()
    {
        using DisposeScope scope = NewDisposeScope();
        random.manual_seed(1);
        Tensor source = randn(Side, Side);
        Tensor target = empty_like(source).zero_();
        long bytes = source.numel() * sizeof(float);
        using QuantizedTensor stored = QuantizedTensor.Quantize(source, new QuantizationSettings());
        using var dequantizer = new Dequantizer();
        using var tables = new DeviceTables(CPU);
        void* from = RawTensor.Address(source);
        void* to = RawTensor.Address(target);

        (string Name, Action Work)[] works =
        [
            ("copy of the floats, 1 thread", () => Buffer.MemoryCopy(from, to, bytes, bytes)),
            ("copy of the floats, libtorch", () => target.copy_(source)),
            ("dequantise, kernel", () => dequantizer.Rent(stored, ScalarType.Float32).Dispose()),
            ("dequantise, operations", () => tables.Dequantize(stored, ScalarType.Float32).Dispose()),
            ("quantise", () => QuantizedTensor.Quantize(source, new QuantizationSettings()).Dispose()),
        ];
        double[] seconds = Measure([.. works.Select(work => work.Work)]);
        Console.WriteLine($"{"",-32} {"GB/s of floats",15} {"to a copy",10}");
        for (int i = 0; i < works.Length; i++)
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{works[i].Name,-32} {bytes / seconds[i] / 1e9,15:F2} {seconds[0] / seconds[i],10:F2}"));
        }
    }

    private static void Steps()
    {
        var random = new Random(1);
        TrainingData data = TrainingData.FromRows(Enumerable.Range(0, BenchmarkModel.Batch).Select(_ => TrainingRow.OfText(
            [.. Enumerable.Range(0, BenchmarkModel.Time).Select(_ => random.Next(BenchmarkModel.Shape.VocabularySize))])));
        using BenchmarkModel dense = BenchmarkModel.FromConfig(BenchmarkModel.Shape, seed: 1);
        using BenchmarkModel small = BenchmarkModel.FromConfig(BenchmarkModel.Shape, seed: 1);
        small.Quantize(new QuantizationSettings());
        using var overDense = new OurStep(dense, BenchmarkModel.StepPlan, data);
        using var overSmall = new OurStep(small, BenchmarkModel.StepPlan, data);
        overDense.Run();
        overSmall.Run();
        WeightLayer[] layers = [.. SlotTree.Layers(small).Select(slot => slot.Base).OfType<WeightLayer>().Where(layer => layer.Quantized is not null)];
        long codes = layers.Sum(layer => layer.Quantized!.Weight.Bytes), weights = layers.Sum(layer => layer.Quantized!.Weight.Shape.Aggregate((x, y) => x * y));
        long others = small.parameters().Where(parameter => !parameter.requires_grad && parameter.is_floating_point()).Sum(parameter => parameter.numel());

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"the {layers.Length} layers in NF4 take {codes / (2.0 * weights):F2} of bfloat16, the base with what stays dense in bfloat16 {(codes + (2.0 * others)) / (2.0 * (weights + others)):F2}"));
        double[] seconds = Measure(() => overDense.Run(), () => overSmall.Run());
        Console.WriteLine($"LoRA step, hidden {BenchmarkModel.Shape.HiddenSize}, {BenchmarkModel.Shape.LayerCount} layers, "
            + $"batch {BenchmarkModel.Batch} × {BenchmarkModel.Time}");
        Console.WriteLine($"{"",-32} {"ms",15} {"to float32",10}");
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{"over float32",-32} {seconds[0] * 1000,15:F1} {1.0,10:F3}"));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{"over NF4",-32} {seconds[1] * 1000,15:F1} {seconds[1] / seconds[0],10:F3}"));
    }

    // One round of each before the next of any; the first counts for nothing.
    private static double[] Measure(params Action[] works)
    {
        double[][] times = [.. works.Select(_ => new double[Rounds])];
        for (int round = -1; round < Rounds; round++)
        {
            for (int i = 0; i < works.Length; i++)
            {
                long start = Stopwatch.GetTimestamp();
                works[i]();
                if (round >= 0)
                {
                    times[i][round] = Stopwatch.GetElapsedTime(start).TotalSeconds;
                }
            }
        }

        return [.. times.Select(all => all.Order().ElementAt(Rounds / 2))];
    }
}
