using Peft.Declarative.Layers;
using Peft.Declarative.Methods.Dora;
using Peft.Declarative.Quantization;
using Peft.Declarative.Tests.Fixtures;
using static TorchSharp.torch;
using Linear = Peft.Declarative.Layers.Linear;

namespace Peft.Declarative.Tests.Methods.Dora;

/// <summary>Norms over a frozen weight, of which a block of rows is in float32 at a time.</summary>
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
        AssertNorms(layer, magnitude, a, b);
    }

    [Theory]
    [InlineData(ScalarType.Float32, false)]
    [InlineData(ScalarType.Float32, true)]
    [InlineData(ScalarType.BFloat16, false)]
    [InlineData(ScalarType.BFloat16, true)]
    public void Norms_OfADenseWeight_AreThoseOfTheChangedWeight(ScalarType type, bool transposed)
    {
        using DisposeScope scope = NewDisposeScope();
        random.manual_seed(2);
        using WeightLayer layer = Dense(type, transposed);
        (Tensor a, Tensor b) = (randn(8, Width), randn(Outputs, 8));

        using var magnitude = new DoraMagnitude(layer, a, b, Scaling);

        AssertNorms(layer, magnitude, a, b);
    }

    private static WeightLayer Dense(ScalarType type, bool transposed)
    {
        WeightLayer layer = transposed ? new Conv1D(Width, Outputs) : new Linear(Width, Outputs, hasBias: false);
        Tensor weight = (transposed ? randn(Width, Outputs) : randn(Outputs, Width)).to(type);
        layer.weight = (TorchSharp.Modules.Parameter)new TorchSharp.Modules.Parameter(weight, requires_grad: false).DetachFromDisposeScope();
        return layer;
    }

    // Relative to the norms, in float64: what is left is the rounding of the sums of squares.
    private static void AssertNorms(WeightLayer layer, DoraMagnitude magnitude, Tensor a, Tensor b)
    {
        Tensor changed = layer.OutputRows().to(ScalarType.Float64).add(b.to(ScalarType.Float64).mm(a.to(ScalarType.Float64)), Scaling);
        Tensor norms = changed.square().sum(dim: 1).sqrt();
        Close.To(ones_like(norms), magnitude.Norms(a, b, Scaling).to(ScalarType.Float64) / norms, 1e-6, "norms");
    }
}
