using System.Globalization;
using Peft.Declarative.Layers;
using Peft.Declarative.Quantization;
using static TorchSharp.torch;

namespace Peft.Declarative.Benchmarks.Generation;

/// <summary>The products of a few rows with all weights of a decoder, by libtorch and by our kernels, against reading the weights once. All take turns.</summary>
internal static class RowBenchmark
{
    private const int Rounds = 25;

    private static readonly (long Out, long In)[] Layer = [(1024, 1024), (1024, 1024), (1024, 1024), (1024, 1024), (2816, 1024), (2816, 1024), (1024, 2816)];

    internal static void Run(string[] arguments)
    {
        int layers = arguments.Length > 0 ? int.Parse(arguments[0], CultureInfo.InvariantCulture) : 8;
        (long Out, long In)[] shapes = [.. Enumerable.Repeat(Layer, layers).SelectMany(layer => layer)];
        using IDisposable untracked = no_grad();
        using DisposeScope scope = NewDisposeScope();
        Tensor[] dense = [.. shapes.Select(shape => randn(shape.Out, shape.In))];
        Tensor[] narrow = [.. dense.Select(weight => weight.to(ScalarType.BFloat16))];
        QuantizedStore[] packed = [.. dense.Select(weight => new QuantizedStore(QuantizedTensor.Quantize(weight, new QuantizationSettings()), new Dequantizer(), LayerIsTransposed: false))];
        Tensor memory = zeros(dense.Sum(weight => weight.numel()));
        Console.WriteLine($"{layers} layers of hidden 1024, {memory.numel():N0} weights; {get_num_threads()} threads, {Rounds} rounds; best ms, and the share of it that reading takes");
        Console.WriteLine($"{"rows",6} {"",-10} {"reading",10} {"ours",10} {"",6} {"libtorch",10} {"",6}");
        foreach (int rows in new[] { 1, 2, 4, 8 })
        {
            Tensor wide = randn(rows, 2816);
            Print("float32", 4, weight => RowProduct.Linear(Input(weight.size(1)), weight)!, dense, weight => nn.functional.linear(Input(weight.size(1)), weight));
            Print("bfloat16", 2, weight => RowProduct.Linear(Input(weight.size(1)), weight)!, narrow, weight => nn.functional.linear(Input(weight.size(1)), weight.to(ScalarType.Float32)));
            Print("NF4", 0.516, store => RowProduct.Linear(Input(store.Weight.Shape[1]), store)!, packed, store => Dequantized(Input(store.Weight.Shape[1]), store));

            Tensor Input(long width) => wide.narrow(1, 0, width).contiguous();

            void Print<T>(string name, double bytes, Func<T, Tensor> ours, T[] weights, Func<T, Tensor> theirs)
            {
                double[][] seconds = Turns.Seconds(Rounds, [() => Read((long)(memory.numel() * bytes / 4)), () => All(weights, ours), () => All(weights, theirs)]);
                double[] ms = [.. seconds.Select(times => 1000 * times.Min())];   // whatever else the machine does makes all of them slower
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                    $"{rows,6} {name,-10} {ms[0],10:F2} {ms[1],10:F2} {ms[0] / ms[1],6:F2} {ms[2],10:F2} {ms[0] / ms[2],6:F2}"));
            }
        }

        Array.ForEach(packed, store => store.Dispose());

        void Read(long elements)
        {
            using DisposeScope own = NewDisposeScope();
            _ = memory.narrow(0, 0, elements).max().item<float>();
        }
    }

    private static void All<T>(T[] weights, Func<T, Tensor> product)
    {
        using DisposeScope scope = NewDisposeScope();
        foreach (T weight in weights)
        {
            product(weight);
        }
    }

    private static Tensor Dequantized(Tensor input, QuantizedStore store)
    {
        using DenseLease dense = store.Rent(ScalarType.Float32);
        return nn.functional.linear(input, dense.Value);
    }
}
