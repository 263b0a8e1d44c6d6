using Peft.Declarative.Layers;
using Peft.Declarative.Methods.Dora;
using Peft.Declarative.Quantization;
using Peft.Declarative.Slots;
using Peft.Declarative.Tests.Fixtures;
using TorchSharp.Modules;
using static TorchSharp.torch;
using Linear = Peft.Declarative.Layers.Linear;

namespace Peft.Declarative.Tests.Methods.Dora;

/// <summary>DoRA with dropout, whose second term needs a product of its own, over a weight in 4 bits.</summary>
public sealed class DoraLinearTests : IDisposable
{
    private const long Outputs = 508;
    private const long Width = 512;

    private readonly long _elements = RowBlocks.Elements;
    private readonly Dequantizer _dequantizer = new();

    public DoraLinearTests() => RowBlocks.Elements = 1 << 14;

    public void Dispose()
    {
        RowBlocks.Elements = _elements;
        _dequantizer.Dispose();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Forward_WithDropoutOverFourBits_EqualsThatOverTheDenseWeight(bool transposed)
    {
        using DisposeScope scope = NewDisposeScope();
        using WeightLayer quantized = Layer(transposed, inFourBits: true);
        using WeightLayer dense = Layer(transposed, inFourBits: false);

        Tensor[] expected = Step(dense);
        Tensor[] actual = Step(quantized);

        for (int i = 0; i < expected.Length; i++)
        {
            Close.To(expected[i], actual[i], 1e-6 * expected[i].abs().max().item<float>(), i == 0 ? "output" : $"gradient {i}");
        }
    }

    [SkippableFact]
    public void Forward_WithDropoutOverFourBits_KeepsNoDenseWeight()
    {
        Skip.IfNot(TensorBytes.AreKnown, "glibc is asked for the bytes in use.");
        using WeightLayer layer = Layer(transposed: false, inFourBits: true);
        using DoraLinear dora = Adapted(layer);
        using DisposeScope scope = NewDisposeScope();
        Tensor x = randn(2, Width).requires_grad_();
        dora.call(x).sum().backward();   // what the first pass makes once

        using IDisposable watching = TensorBytes.Watch();
        long before = TensorBytes.InUse;
        Tensor sum = dora.call(x).sum();
        long kept = TensorBytes.InUse - before;
        sum.backward();

        Assert.InRange(kept, 0, Outputs * Width * sizeof(float) / 4);
    }

    private WeightLayer Layer(bool transposed, bool inFourBits)
    {
        using DisposeScope scope = NewDisposeScope();
        random.manual_seed(2).Dispose();
        WeightLayer layer = transposed ? new Conv1D(Width, Outputs) : new Linear(Width, Outputs, hasBias: false);
        layer.bias = transposed ? (Parameter)new Parameter(randn(Outputs), requires_grad: false).DetachFromDisposeScope() : null;
        QuantizedTensor codes = QuantizedTensor.Quantize(transposed ? randn(Width, Outputs) : randn(Outputs, Width), new QuantizationSettings());
        layer.StoreQuantized(codes, _dequantizer);
        if (!inFourBits)
        {
            layer.weight = (Parameter)new Parameter(layer.DenseWeight(), requires_grad: false).DetachFromDisposeScope();
        }

        return layer;
    }

    private static DoraLinear Adapted(WeightLayer layer)
    {
        random.manual_seed(4).Dispose();
        var dora = new DoraLinear(layer, "default", rank: 3, scaling: 0.5, dropout: 0.4);
        using IDisposable untracked = no_grad();
        foreach (AdapterTensor tensor in dora.TensorsAt("layer"))
        {
            using DisposeScope scope = NewDisposeScope();
            tensor.Value.add_(randn_like(tensor.Value).mul_(0.1));
        }

        dora.train();
        return dora;
    }

    // The output, then the gradients of the input and of what is trained.
    private static Tensor[] Step(WeightLayer layer)
    {
        using DoraLinear dora = Adapted(layer);
        Tensor x = randn(2, 5, Width).requires_grad_();
        Tensor y = dora.call(x);
        y.backward([randn_like(y)]);
        return [y.detach(), x.grad!, .. dora.TensorsAt("layer").Select(tensor => tensor.Value.grad!.clone())];
    }
}
