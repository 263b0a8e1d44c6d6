using System.Runtime.InteropServices;
using Peft.Declarative.Layers;
using Peft.Declarative.Native;
using Peft.Declarative.Quantization;
using Peft.Declarative.Tests.Fixtures;
using TorchSharp;
using static TorchSharp.torch;

namespace Peft.Declarative.Tests.Layers;

public sealed class RowProductTests
{
    [Theory]
    [InlineData(1, 5, 7, true)]        // narrower than a vector
    [InlineData(1, 33, 65, true)]
    [InlineData(1, 300, 1024, true)]   // on several threads
    [InlineData(3, 33, 65, true)]
    [InlineData(6, 33, 65, true)]      // four rows at once, and two alone
    [InlineData(1, 33, 65, false)]
    [InlineData(7, 300, 1024, false)]
    [InlineData(32, 300, 1024, false)]
    [InlineData(5, 7, 40, false)]      // beside tiles of four rows by four: a row, three outputs and eight elements
    [InlineData(5, 7, 40, true)]
    [InlineData(8, 301, 1024, true)]
    public void Linear_OfFewRows_EqualsTheConvertedProduct(int rows, int output, int width, bool narrow)
    {
        using DisposeScope scope = NewDisposeScope();
        random.manual_seed(3);
        Tensor weight = randn(output, width).to(narrow ? ScalarType.BFloat16 : ScalarType.Float32);
        Tensor input = randn(1, rows, width);

        Tensor row = RowProduct.Linear(input, weight)!;

        AssertClose(nn.functional.linear(input.to(ScalarType.Float64), weight.to(ScalarType.Float64)), row);
        Assert.Equal([1, rows, output], row.shape);
    }

    [Theory]
    [InlineData(QuantizationType.Nf4, 64, false, 1, 512)]
    [InlineData(QuantizationType.Nf4, 64, true, 1, 512)]
    [InlineData(QuantizationType.Fp4, 128, true, 1, 512)]
    [InlineData(QuantizationType.Nf4, 64, true, 3, 512)]
    [InlineData(QuantizationType.Nf4, 64, true, 5, 512)]
    [InlineData(QuantizationType.Nf4, 64, true, 31, 512)]
    [InlineData(QuantizationType.Nf4, 32, true, 1, 512)]
    [InlineData(QuantizationType.Nf4, 256, true, 1, 512)]
    [InlineData(QuantizationType.Nf4, 32, true, 1, 32)]   // the last vector of codes is not full
    [InlineData(QuantizationType.Nf4, 64, false, 1, 64)]
    [InlineData(QuantizationType.Nf4, 32, true, 1, 224)]
    [InlineData(QuantizationType.Nf4, 64, true, 1, 320)]
    [InlineData(QuantizationType.Nf4, 64, true, 2, 512)]
    [InlineData(QuantizationType.Nf4, 64, true, 4, 320)]
    [InlineData(QuantizationType.Fp4, 32, false, 3, 224)]
    public void Linear_OfFewRowsInFourBits_EqualsTheDequantizedProduct(QuantizationType type, int block, bool nested, int rows, int width)
    {
        using DisposeScope scope = NewDisposeScope();
        random.manual_seed(3);
        QuantizedStore store = Store(randn(300, width), new QuantizationSettings { Type = type, BlockSize = block, DoubleQuantization = nested });
        Tensor input = randn(rows, width);

        Tensor row = RowProduct.Linear(input, store)!;

        AssertClose(nn.functional.linear(input.to(ScalarType.Float64), store.Weight.Dequantize(ScalarType.Float32).to(ScalarType.Float64)), row);
        store.Dispose();
    }

    [SkippableTheory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Linear_OfSeveralRowsInFourBits_IsThatOfEachAlone(int rows)
    {
        Skip.IfNot(FourBitWords.IsSupported, "Without vectors of 512 bits, several rows are multiplied with decoded weights.");
        using DisposeScope scope = NewDisposeScope();
        random.manual_seed(3);
        QuantizedStore store = Store(randn(300, 320), new QuantizationSettings());
        Tensor input = randn(rows, 320);

        Tensor together = RowProduct.Linear(input, store)!;

        Close.Bits(cat([.. input.split(1).Select(row => RowProduct.Linear(row, store)!)]), together, "rows");
        store.Dispose();
    }

    [Fact]
    public void Linear_OfMoreRowsInBFloat16_IsLeftToLibtorchWhereTheProcessorHasInstructions()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor weight = ones(4, 16).to(ScalarType.BFloat16);

        Assert.NotNull(RowProduct.Linear(ones(RowProduct.FewRows, 16), weight));
        Assert.Equal(BFloat16Speed.HasInstructions, RowProduct.Linear(ones(RowProduct.FewRows + 1, 16), weight) is null);
    }

    [Fact]
    public void Linear_WithAWeightThatIsNoMatrix_IsLeftToLibtorchThatRefusesIt()
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable untracked = no_grad();
        Tensor weight = randn(3, 4, 2);

        Assert.Throws<ExternalException>(() => FrozenProduct.Linear(randn(2, 4), weight, bias: null));
        Assert.Throws<ExternalException>(() => FrozenProduct.Linear(randn(2, 4), weight.to(ScalarType.BFloat16), bias: null));
    }

    // Four rows of 128 numbers are eight of 64, for which there is no place in the output.
    [Fact]
    public void Linear_OfAnotherWidthThanTheWeights_IsLeftToLibtorchThatRefusesIt()
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable untracked = no_grad();
        QuantizedStore store = Store(randn(100, 64), new QuantizationSettings());
        Tensor weight = randn(100, 64);

        Assert.Null(RowProduct.Linear(randn(4, 128), store));
        Assert.Null(RowProduct.Linear(randn(4, 128), weight));
        Assert.Null(RowProduct.Linear(randn(4, 128), weight.to(ScalarType.BFloat16)));
        Assert.Throws<ExternalException>(() => FrozenProduct.Linear(randn(4, 128), weight, bias: null));
        Assert.Throws<ExternalException>(() => QuantizedProduct.Linear(randn(4, 128), store, bias: null));
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
    public void Fits_FewRowsWithoutGradient_Only()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor learnt = randn(1, 8).requires_grad_();

        Assert.False(RowProduct.Fits(randn(1, 8)));
        Assert.False(RowProduct.Fits(learnt));
        using IDisposable untracked = no_grad();
        Assert.True(RowProduct.Fits(randn(1, 1, 8)));
        Assert.True(RowProduct.Fits(learnt));
        Assert.True(RowProduct.Fits(randn(RowProduct.MostRows, 8)));
        Assert.False(RowProduct.Fits(randn(RowProduct.MostRows + 1, 8)));
        Assert.False(RowProduct.Fits(empty(0, 8)));
        Assert.False(RowProduct.Fits(randn(1, 8).to(ScalarType.BFloat16)));
    }

    [Fact]
    public void Linear_WithATrainedWeight_IsLeftToAutograd()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor weight = ones(3, 8).requires_grad_();

        FrozenProduct.Linear(ones(1, 8), weight, null).sum().backward();
        Assert.Equal(24, weight.grad!.sum().item<float>());
    }

    private static QuantizedStore Store(Tensor weight, QuantizationSettings settings) =>
        new(QuantizedTensor.Quantize(weight, settings), new Dequantizer(), LayerIsTransposed: false);

    private static void AssertClose(Tensor expected, Tensor actual) =>
        Assert.True(actual.to(ScalarType.Float64).sub(expected).abs().max().item<double>() <= 1e-6 * expected.abs().max().item<double>(), $"{expected} {actual}");
}
