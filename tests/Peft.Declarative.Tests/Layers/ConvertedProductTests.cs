using Peft.Declarative.Layers;
using Peft.Declarative.Quantization;
using static TorchSharp.torch;

namespace Peft.Declarative.Tests.Layers;

/// <summary>Products with a weight of a smaller type, which is converted block by block, are those with the whole converted weight.</summary>
public sealed class ConvertedProductTests : IDisposable
{
    private const long Outputs = 509;   // blocks do not divide it
    private const long Width = 500;

    private readonly long _elements = RowBlocks.Elements;

    public ConvertedProductTests() => RowBlocks.Elements = 1 << 16;

    public static TheoryData<ScalarType, bool> Weights { get; } = new()
    {
        { ScalarType.BFloat16, false },
        { ScalarType.BFloat16, true },
        { ScalarType.Float16, false },
    };

    public void Dispose() => RowBlocks.Elements = _elements;

    [Theory]
    [MemberData(nameof(Weights))]
    public void Linear_OfAFrozenWeight_IsTheProductWithTheConvertedWeight(ScalarType type, bool transposed)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor weight = Weight(type, transposed);
        Tensor x = randn(2, 20, Width).requires_grad_();
        Tensor gradient = randn(2, 20, Outputs);
        Assert.InRange(RowBlocks.RowsOf(weight), 1, Outputs - 1);

        Tensor y = FrozenProduct.Linear(x, weight, bias: null);
        y.backward([gradient]);

        Tensor converted = weight.to(ScalarType.Float32);
        Compare(nn.functional.linear(x.detach(), converted), y.detach());
        Compare(nn.functional.linear(gradient, converted.t()), x.grad!);
    }

    [Theory]
    [MemberData(nameof(Weights))]
    public void AddGradient_ToASum_AddsInPlace(ScalarType type, bool transposed)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor weight = Weight(type, transposed);
        Tensor gradient = randn(40, Outputs);
        Tensor sum = randn(40, Width);
        Tensor expected = sum.addmm(gradient, weight.to(ScalarType.Float32), 1f, 1f);

        Tensor result = ConvertedProduct.AddGradient(sum, gradient, weight);

        Assert.Same(sum, result);
        Compare(expected, result);
    }

    [Fact]
    public void Linear_InASmallerType_IsRoundedOnce()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor weight = Weight(ScalarType.Float32, transposed: false);
        Tensor x = randn(40, Width).to(ScalarType.BFloat16);

        Tensor y = ConvertedProduct.Linear(x, weight);

        Assert.Equal(nn.functional.linear(x, weight.to(ScalarType.BFloat16)).to(ScalarType.Float32).data<float>(), y.to(ScalarType.Float32).data<float>());
    }

    private static Tensor Weight(ScalarType type, bool transposed)
    {
        random.manual_seed(11);
        return transposed ? randn(Width, Outputs).to(type).t() : randn(Outputs, Width).to(type);
    }

    private static void Compare(Tensor expected, Tensor actual)
    {
        using Tensor difference = (expected - actual).abs().max();
        using Tensor largest = expected.abs().max();
        Assert.InRange(difference.item<float>() / largest.item<float>(), 0, 1e-6f);
    }
}
