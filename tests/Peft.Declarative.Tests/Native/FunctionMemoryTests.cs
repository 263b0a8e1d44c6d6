using Peft.Declarative.Layers;
using Peft.Declarative.Quantization;
using TorchSharp.Modules;
using static TorchSharp.torch;
using Linear = Peft.Declarative.Layers.Linear;

namespace Peft.Declarative.Tests.Native;

/// <summary>A custom autograd function keeps its output and nothing of that size beside it.</summary>
public sealed class FunctionMemoryTests
{
    private const int Layers = 10;

    public static TheoryData<string> Stores { get; } = ["NF4", "float16"];

    [Theory]
    [MemberData(nameof(Stores))]
    public void Forward_OfManyProducts_KeepsOneTensorEach(string store)
    {
        using DisposeScope scope = NewDisposeScope();
        using var dequantizer = new Dequantizer();
        using Linear layer = Make(store, dequantizer);
        Tensor x = randn(2, 3, 64).requires_grad_(true);
        using Tensor first = layer.call(x);
        long before = LiveTensors.CountAfterCollection();

        Tensor y = x;
        for (int i = 0; i < Layers; i++)
        {
            y = layer.call(y);
        }

        // Each node saves its weight or nothing; a spare of the output would be one more for each.
        Assert.InRange(Tensor.TotalCount - before, Layers, Layers + 2);
    }

    [Theory]
    [MemberData(nameof(Stores))]
    public void Backward_OfManyProducts_LeavesNoGradientsUntilTheScopeEnds(string store)
    {
        using DisposeScope scope = NewDisposeScope();
        using var dequantizer = new Dequantizer();
        using Linear layer = Make(store, dequantizer);
        Tensor x = randn(2, 3, 64).requires_grad_(true);
        Tensor y = x;
        for (int i = 0; i < Layers; i++)
        {
            y = layer.call(y);
        }

        Tensor loss = y.sum();
        long before = LiveTensors.CountAfterCollection();
        loss.backward();

        // The gradient that was returned last stays until the next one.
        Assert.InRange(Tensor.TotalCount - before, long.MinValue, 2);
        Assert.Equal(x.shape, x.grad!.shape);
    }

    private static Linear Make(string store, Dequantizer dequantizer)
    {
        random.manual_seed(1);
        var layer = new Linear(64, 64, hasBias: false);
        if (store == "NF4")
        {
            using Tensor weight = randn(64, 64);
            layer.StoreQuantized(QuantizedTensor.Quantize(weight, new QuantizationSettings()), dequantizer);
        }
        else
        {
            layer.weight = new Parameter(randn(64, 64).to(ScalarType.Float16), requires_grad: false);
        }

        return layer;
    }
}
