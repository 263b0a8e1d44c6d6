using System.Globalization;
using Peft.Declarative.Layers;
using Peft.Declarative.Native.Panels;
using Peft.Declarative.Quantization;
using static TorchSharp.torch;

namespace Peft.Declarative.Benchmarks.Products;

/// <summary>The products of a step, forward <c>x Wᵀ</c> and backward <c>g W</c>: in panels, with dense weights and with weights in 4 bits, beside libtorch's.</summary>
internal static class ProductBenchmark
{
    private const int Rounds = 31;

    private static readonly (int Rows, int Inputs, int Outputs)[] Shapes =
        [(1024, 64, 64), (1024, 64, 192), (32, 1024, 1024), (128, 512, 512), (512, 512, 512), (512, 512, 1536), (512, 1024, 2816), (512, 2816, 1024), (128, 1024, 32_000)];

    internal static void Run(string[] arguments)
    {
        using IDisposable untracked = no_grad();
        Console.WriteLine($"{get_num_threads()} threads; milliseconds, the best of {Rounds}; in panels, asked of this machine: {(PanelSpeed.IsFaster ? "yes" : "no")}");
        Console.WriteLine($"{"rows × in × out",-20} {"libtorch",9} {"panels",9} {"ratio",6} {"GFLOP/s",8} {"4 bits",9}   {"backward",9} {"panels",9} {"ratio",6} {"GFLOP/s",8} {"4 bits",9}");
        foreach ((int rows, int inputs, int outputs) in Shapes)
        {
            using DisposeScope scope = NewDisposeScope();
            using var dequantizer = new Dequantizer();
            (Tensor x, Tensor gradient, Tensor weight) = (randn(rows, inputs), randn(rows, outputs), randn(outputs, inputs));
            (Tensor forward, Tensor backward) = (empty(rows, outputs), empty(rows, inputs));
            var store = new QuantizedStore(QuantizedTensor.Quantize(weight, new QuantizationSettings()), dequantizer, LayerIsTransposed: false);
            double[] best = [.. Turns.Seconds(Rounds,
            [
                () => forward.addmm_(x, weight.t(), 0f, 1f),
                () => InPanels(() => MatrixProduct.Put(forward, x, weight.t(), adds: false)),
                () => InPanels(() => FourBitProduct.Put(forward, x, store.Weight, transposes: true, adds: false)),
                () => backward.addmm_(gradient, weight, 0f, 1f),
                () => InPanels(() => MatrixProduct.Put(backward, gradient, weight, adds: false)),
                () => InPanels(() => FourBitProduct.Put(backward, gradient, store.Weight, transposes: false, adds: false)),
            ]).Select(times => 1000 * times.Min())];
            double operations = 2e-6 * rows * inputs * outputs;
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{$"{rows} × {inputs} × {outputs}",-20} {best[0],9:F3} {best[1],9:F3} {best[0] / best[1],6:F2} {operations / best[1],8:F0} {best[2],9:F3}   {best[3],9:F3} {best[4],9:F3} {best[3] / best[4],6:F2} {operations / best[4],8:F0} {best[5],9:F3}"));
            store.Dispose();
        }
    }

    private static void InPanels(Action product)
    {
        PanelSpeed.IsAssumed = true;
        product();
        PanelSpeed.IsAssumed = null;
    }
}
