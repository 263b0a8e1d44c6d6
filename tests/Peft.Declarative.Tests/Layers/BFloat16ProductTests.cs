using Peft.Declarative.Layers;
using Peft.Declarative.Native;
using Peft.Declarative.Tests.Fixtures;
using static TorchSharp.torch;

namespace Peft.Declarative.Tests.Layers;

/// <summary>Products in bfloat16 are those of the rounded numbers with sums in float32, in both directions.</summary>
public sealed class BFloat16ProductTests
{
    [Theory]
    [InlineData(1, 16, 24, false)]
    [InlineData(6, 64, 48, false)]
    [InlineData(40, 64, 48, true)]    // GPT-2's layout
    [InlineData(130, 96, 200, false)]
    public void Linear_OfAnyShape_IsTheRoundedProductOfRoundedNumbers(int rows, int input, int output, bool transposed)
    {
        using DisposeScope scope = NewDisposeScope();
        random.manual_seed(rows);
        Tensor stored = (transposed ? randn(input, output) : randn(output, input)).to(ScalarType.BFloat16);
        Tensor weight = transposed ? stored.t() : stored;
        Tensor x = randn(1, rows, input).requires_grad_(true);
        Tensor gradient = randn(1, rows, output);

        Tensor y = BFloat16Product.Linear(x, weight);
        y.backward([gradient]);

        Close.To(Rounded(nn.functional.linear(Rounded(x), weight.to(ScalarType.Float32))), y, Ulp(y), "product");
        Close.To(Rounded(Rounded(gradient).matmul(weight.to(ScalarType.Float32))), x.grad!, Ulp(x.grad!), "gradient");
        Assert.Equal(ScalarType.Float32, y.dtype);
    }

    [Fact]
    public void Linear_WithoutPermission_StaysFloat32WhateverTheProcessor()
    {
        using DisposeScope scope = NewDisposeScope();
        random.manual_seed(2);
        Tensor weight = randn(48, 64).to(ScalarType.BFloat16);
        Tensor x = randn(2, 70, 64).requires_grad_(true);
        Tensor expected = nn.functional.linear(x, weight.to(ScalarType.Float32));
        Tensor gradient = expected.detach().sin();

        Tensor y = FrozenProduct.Linear(x, weight, bias: null);
        y.backward([gradient]);

        Close.To(expected, y, 1e-6 * expected.abs().max().item<float>(), "product");
        Tensor plain = gradient.matmul(weight.to(ScalarType.Float32));
        Close.To(plain, x.grad!, 1e-6 * plain.abs().max().item<float>(), "gradient");
    }

    [Fact]
    public void Linear_OfNoRows_HasTheWidthAndNoGradient()
    {
        using DisposeScope scope = NewDisposeScope();

        Tensor none = FrozenProduct.Linear(zeros(1, 0, 64), randn(48, 64).to(ScalarType.BFloat16), bias: null, allowsBFloat16: true);

        Assert.Equal([1, 0, 48], none.shape);
        Assert.False(none.requires_grad);
    }

    [Fact]
    public void IsFaster_AskedTwice_GivesOneAnswerAndLeavesTheRandomNumbersAlone()
    {
        using DisposeScope scope = NewDisposeScope();
        random.manual_seed(4);
        Tensor expected = rand(3);
        random.manual_seed(4);

        bool first = BFloat16Speed.IsFaster(rows: 512, elements: 1 << 20);

        Close.Bits(expected, rand(3), "random numbers");
        Assert.Equal(first, BFloat16Speed.IsFaster(rows: 300, elements: 1 << 21));
        Assert.True(BFloat16Speed.HasInstructions || !first);
    }

    private static Tensor Rounded(Tensor x) => x.detach().to(ScalarType.BFloat16).to(ScalarType.Float32);

    // A sum can lie so close to a border that the order of its terms decides which neighbour it is rounded to.
    private static double Ulp(Tensor x) => x.abs().max().item<float>() / 128;
}
