using Peft.Declarative.Layers;
using Peft.Declarative.Methods.Dora;
using Peft.Declarative.Quantization;
using Peft.Declarative.Tests.Fixtures;
using static TorchSharp.torch;
using Linear = Peft.Declarative.Layers.Linear;

namespace Peft.Declarative.Tests.Methods.Dora;

/// <summary>Norms over a weight in 4 or 8 bits, of which a block of rows is dense at a time.</summary>
public sealed class DoraMagnitudeTests : IDisposable
{
    private const long Outputs = 509;
    private const long Width = 500;
    private const double Scaling = 0.5;

    private readonly long _elements = RowBlocks.Elements;

    public DoraMagnitudeTests() => RowBlocks.Elements = 1 << 16;

    public void Dispose() => RowBlocks.Elements = _elements;

    [Theory]
    [InlineData(QuantizationType.Nf4, false)]
    [InlineData(QuantizationType.Nf4, true)]
    [InlineData(QuantizationType.Int8, false)]
    [InlineData(QuantizationType.Int8, true)]
    public void Norms_OfAQuantizedWeight_AreThoseOfTheDenseWeight(QuantizationType type, bool transposed)
    {
        using DisposeScope scope = NewDisposeScope();
        using var dequantizer = new Dequantizer();
        random.manual_seed(2);
        using WeightLayer layer = transposed ? new Conv1D(Width, Outputs) : new Linear(Width, Outputs, hasBias: false);
        layer.StoreQuantized(QuantizedTensor.Quantize(transposed && type != QuantizationType.Int8 ? randn(Width, Outputs) : randn(Outputs, Width), new QuantizationSettings(type)), dequantizer);
        (Tensor a, Tensor b) = (randn(8, Width), randn(Outputs, 8));

        using var magnitude = new DoraMagnitude(layer, a, b, Scaling);

        Assert.InRange(dequantizer.BufferElements, 1, Outputs * Width / 2);
        Tensor changed = layer.OutputRows().add(b.mm(a), Scaling);
        Close.To(changed.square().sum(dim: 1).sqrt(), magnitude.Norms(a, b, Scaling), 1e-4, "norms");
    }
}
