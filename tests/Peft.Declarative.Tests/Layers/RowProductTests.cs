using Peft.Declarative.Layers;
using Peft.Declarative.Quantization;
using TorchSharp;
using static TorchSharp.torch;

namespace Peft.Declarative.Tests.Layers;

public sealed class RowProductTests
{
    [Theory]
    [InlineData(5, 7)]        // narrower than a vector
    [InlineData(33, 65)]
    [InlineData(300, 1024)]   // on several threads
    public void Linear_OfOneRowInBFloat16_EqualsTheConvertedProduct(int output, int width)
    {
        using DisposeScope scope = NewDisposeScope();
        random.manual_seed(3);
        Tensor weight = randn(output, width).to(ScalarType.BFloat16);
        Tensor input = randn(1, 1, width);

        Tensor row = RowProduct.Linear(input, weight)!;

        AssertClose(nn.functional.linear(input.to(ScalarType.Float64), weight.to(ScalarType.Float64)), row);
        Assert.Equal([1, 1, output], row.shape);
    }

    [Theory]
    [InlineData(QuantizationType.Nf4, 64, false)]
    [InlineData(QuantizationType.Nf4, 64, true)]
    [InlineData(QuantizationType.Fp4, 128, true)]
    public void Linear_OfOneRowInFourBits_EqualsTheDequantizedProduct(QuantizationType type, int block, bool nested)
    {
        using DisposeScope scope = NewDisposeScope();
        random.manual_seed(3);
        QuantizedStore store = Store(randn(300, 512), new QuantizationSettings { Type = type, BlockSize = block, DoubleQuantization = nested });
        Tensor input = randn(1, 512);

        Tensor row = RowProduct.Linear(input, store)!;

        AssertClose(nn.functional.linear(input.to(ScalarType.Float64), store.Weight.Dequantize(ScalarType.Float32).to(ScalarType.Float64)), row);
        store.Dispose();
    }

    [Fact]
    public void Linear_WhereBlocksEndWithinRows_IsLeftToTheOtherPath()
    {
        using DisposeScope scope = NewDisposeScope();
        QuantizedStore store = Store(randn(8, 96), new QuantizationSettings { BlockSize = 64 });

        Assert.Null(RowProduct.Linear(randn(1, 96), store));
        AssertClose(
            nn.functional.linear(ones(1, 96).to(ScalarType.Float64), store.Weight.Dequantize(ScalarType.Float32).to(ScalarType.Float64)),
            QuantizedProduct.Linear(ones(1, 96), store, null));
        store.Dispose();
    }

    [Fact]
    public void Fits_OneRowWithoutGradient_Only()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor learnt = randn(1, 8).requires_grad_();

        Assert.True(RowProduct.Fits(randn(1, 1, 8)));
        Assert.False(RowProduct.Fits(randn(2, 8)));
        Assert.False(RowProduct.Fits(learnt));
        Assert.False(RowProduct.Fits(randn(1, 8).to(ScalarType.BFloat16)));
        using IDisposable untracked = no_grad();
        Assert.True(RowProduct.Fits(learnt));
    }

    private static QuantizedStore Store(Tensor weight, QuantizationSettings settings) =>
        new(QuantizedTensor.Quantize(weight, settings), new Dequantizer(), LayerIsTransposed: false);

    private static void AssertClose(Tensor expected, Tensor actual) =>
        Assert.True(actual.to(ScalarType.Float64).sub(expected).abs().max().item<double>() <= 2e-6 * expected.abs().max().item<double>(), $"{expected} {actual}");
}
