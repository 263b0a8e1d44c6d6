using Peft.Declarative.Layers;
using Peft.Declarative.Quantization;
using Peft.Declarative.Tests.Fixtures;
using static TorchSharp.torch;

namespace Peft.Declarative.Tests.Layers;

/// <summary>Products with quantized weights block by block are those with the whole dense weight.</summary>
public sealed class BlockProductTests : IDisposable
{
    // Blocks of rows do not divide 509 rows; blocks of elements end within rows of 500 elements.
    private const long Rows = 509;
    private const long Width = 500;

    private readonly long _elements = RowBlocks.Elements;

    public BlockProductTests() => RowBlocks.Elements = 1 << 16;

    public void Dispose() => RowBlocks.Elements = _elements;

    [Theory]
    [InlineData(QuantizationType.Nf4, 64, false)]
    [InlineData(QuantizationType.Nf4, 64, true)]
    [InlineData(QuantizationType.Fp4, 128, false)]
    [InlineData(QuantizationType.Dynamic8, 256, true)]
    [InlineData(QuantizationType.Int8, 64, false)]
    [InlineData(QuantizationType.Int8, 64, true)]
    public void Linear_OfManyRows_IsTheProductWithTheDenseWeight(QuantizationType type, int block, bool transposed)
    {
        using DisposeScope scope = NewDisposeScope();
        QuantizedStore store = Store(new QuantizationSettings(type) { BlockSize = block }, transposed);
        Tensor weight = store.OutputRows(store.Weight.Dequantize(ScalarType.Float32));
        Tensor x = randn(2, 20, weight.size(1)).requires_grad_();
        Tensor gradient = randn(2, 20, weight.size(0));
        Assert.InRange(RowBlocks.RowsOf(store.Weight), 1, store.Weight.Shape[0] - 1);

        Tensor y = QuantizedProduct.Linear(x, store, bias: null);
        y.backward([gradient]);

        Tensor multiplied = type == QuantizationType.Int8 ? RowInt8Input.Round(x.detach(), store.Weight.Settings.OutlierThreshold) : x.detach();
        Compare(nn.functional.linear(multiplied, weight), y, "product");
        Compare(nn.functional.linear(gradient, weight.t()), x.grad!, "gradient");
        store.Dispose();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void AddGradient_ToASum_AddsInPlace(bool transposed)
    {
        using DisposeScope scope = NewDisposeScope();
        QuantizedStore store = Store(new QuantizationSettings(), transposed);
        Tensor weight = store.OutputRows(store.Weight.Dequantize(ScalarType.Float32));
        Tensor gradient = randn(40, weight.size(0));
        Tensor sum = randn(40, weight.size(1));
        Tensor expected = sum.addmm(gradient, weight, 1f, 1f);

        Tensor result = QuantizedProduct.AddGradient(sum, gradient, store, narrow: false);

        Assert.Same(sum, result);
        Compare(expected, sum, "sum");
        store.Dispose();
    }

    // Each part is rounded once, as the whole product is, but sums of parts are not.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Compute_InBFloat16_DiffersFromFloat32ByOneRounding(bool transposes)
    {
        using DisposeScope scope = NewDisposeScope();
        QuantizedStore store = Store(new QuantizationSettings(), transposed: false);
        Tensor codes = store.Weight.Dequantize(ScalarType.BFloat16).to(ScalarType.Float32);
        Tensor x = randn(40, transposes ? Width : Rows).to(ScalarType.BFloat16).to(ScalarType.Float32);
        Tensor sum = randn(40, transposes ? Rows : Width);
        Tensor expected = x.mm(transposes ? codes.t() : codes);

        Tensor product = empty_like(sum);
        Tensor added = sum.clone();
        BlockProduct.Compute(product, adds: false, x, store, transposes, narrow: true);
        BlockProduct.Compute(added, adds: true, x, store, transposes, narrow: true);

        double tolerance = expected.abs().max().item<float>() / 256;
        Close.To(expected, product, tolerance, "product");
        Close.To(expected.add(sum), added, tolerance, "sum");
        store.Dispose();
    }

    [Theory]
    [InlineData(QuantizationType.Nf4, false)]
    [InlineData(QuantizationType.Nf4, true)]
    [InlineData(QuantizationType.Int8, false)]
    [InlineData(QuantizationType.Int8, true)]
    public void SquaresOfOutputs_BlockByBlock_AreThoseOfTheDenseWeight(QuantizationType type, bool transposed)
    {
        using DisposeScope scope = NewDisposeScope();
        QuantizedStore store = Store(new QuantizationSettings(type), transposed);
        Tensor weight = store.OutputRows(store.Weight.Dequantize(ScalarType.Float32));

        Tensor squares = BlockProduct.SquaresOfOutputs(store);

        Compare(weight.square().sum(dim: 1), squares, "squares");
        Assert.InRange(store.Dequantizer.BufferElements, 1, Rows * Width / 2);
        store.Dispose();
    }

    [Fact]
    public void Linear_OfManyRows_NeverHasTheDenseWeight()
    {
        using DisposeScope scope = NewDisposeScope();
        QuantizedStore store = Store(new QuantizationSettings(), transposed: false);

        QuantizedProduct.Linear(randn(40, Width).requires_grad_(), store, bias: null).sum().backward();

        Assert.InRange(store.Dequantizer.BufferElements, 1, Rows * Width / 2);
        store.Dispose();
    }

    [Fact]
    public void RowsOf_ASmallWeight_IsAllOfThem()
    {
        using DisposeScope scope = NewDisposeScope();
        using QuantizedTensor small = QuantizedTensor.Quantize(randn(33, 50), new QuantizationSettings { BlockSize = 4096 });

        Assert.Equal(33, RowBlocks.RowsOf(small));
    }

    private static QuantizedStore Store(QuantizationSettings settings, bool transposed)
    {
        random.manual_seed(5);
        return new QuantizedStore(QuantizedTensor.Quantize(randn(Rows, Width), settings), new Dequantizer(), transposed);
    }

    private static void Compare(Tensor expected, Tensor actual, string what) => Close.To(expected, actual, 1e-6 * expected.abs().max().item<float>(), what);
}
