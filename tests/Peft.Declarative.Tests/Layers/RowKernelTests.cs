using System.Runtime.InteropServices;
using Peft.Declarative.Layers;
using Peft.Declarative.Native;
using Peft.Declarative.Tests.Fixtures;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Peft.Declarative.Tests.Layers;

/// <summary>Kernels of this library give what the operators give that they replace, and the same gradients. 37 is no multiple of a vector.</summary>
public sealed class RowKernelTests
{
    private const double Tolerance = 1e-6;

    [Theory]
    [InlineData(32, false)]
    [InlineData(37, false)]
    [InlineData(37, true)]   // a trained norm
    [InlineData(5, true)]
    public void RmsNorm_OfAnyWidth_EqualsTheOperator(int width, bool trained)
    {
        using var norm = new RmsNorm(width, 1e-5);
        norm.weight = new Parameter(Numbers(1, width), requires_grad: trained);

        AssertSame(x => norm.call(x[0]), trained ? [norm.weight] : [], Numbers(2, 2, 3000, width));
    }

    [Theory]
    [InlineData(16, 2)]
    [InlineData(22, 1)]
    public void RotateHeads_OfAnyWidth_EqualsTheOperators(int width, int rows)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor cosine = Numbers(3, rows, 1, 5, width);
        Tensor sine = Numbers(4, rows, 1, 5, width);   // halves that differ

        AssertSame(x => RotaryEmbedding.RotateHeads(x[0], 3, cosine, sine), [], Numbers(1, 2, 5, 3 * width));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]   // keys of a first layer whose adapter leaves them as they are
    public void RotateHeads_OfQueriesAndKeys_EqualsTheOperators(bool keysHaveGradient)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor cosine = Numbers(3, 1, 1, 5, 16);
        Tensor sine = Numbers(4, 1, 1, 5, 16);
        Tensor fixedKeys = Numbers(2, 2, 5, 2 * 16);

        AssertSame(
            x =>
            {
                (Tensor queries, Tensor keys) = RotaryEmbedding.RotateHeads(x[0], 3, keysHaveGradient ? x[1] : fixedKeys, 2, cosine, sine);
                Assert.Equal(keysHaveGradient && is_grad_enabled(), keys.requires_grad);
                return cat([queries, keys], 1);
            },
            [],
            keysHaveGradient ? [Numbers(1, 2, 5, 3 * 16), Numbers(2, 2, 5, 2 * 16)] : [Numbers(1, 2, 5, 3 * 16)]);
    }

    // Rows as long as the whole weight would end behind the input.
    [Fact]
    public void RmsNorm_WithAMatrixAsWeight_IsLeftToLibtorchThatRefusesIt()
    {
        using DisposeScope scope = NewDisposeScope();
        using var norm = new RmsNorm(8, 1e-5) { weight = new Parameter(Numbers(1, 8, 5)) };

        Assert.Throws<ExternalException>(() => norm.call(Numbers(2, 3, 8)));
    }

    // The last head would end behind the projection, or there would be more heads than are asked for.
    [Theory]
    [InlineData(2, 84)]
    [InlineData(1, 128)]
    [InlineData(3, 33)]
    public void RotateHeads_OfAnotherWidthThanTheAngles_IsLeftToLibtorchThatRefusesIt(int heads, int width)
    {
        using DisposeScope scope = NewDisposeScope();
        (Tensor cosine, Tensor sine) = new RotaryEmbedding(new double[32]).At(arange(3).unsqueeze(0), ScalarType.Float32);
        Tensor x = Numbers(1, 1, 3, width).requires_grad_();
        Tensor right = Numbers(2, 1, 3, 128).requires_grad_();

        Assert.Throws<ExternalException>(() => RotaryEmbedding.RotateHeads(x, heads, cosine, sine));
        Assert.Throws<ExternalException>(() => RotaryEmbedding.RotateHeads(x, heads, right, 2, cosine, sine));
        Assert.Throws<ExternalException>(() => RotaryEmbedding.RotateHeads(right, 2, x, heads, cosine, sine));
    }

    private static void AssertSame(Func<Tensor[], Tensor> compute, Tensor[] weights, params Tensor[] inputs)
    {
        using DisposeScope scope = NewDisposeScope();
        (Tensor output, Tensor[] gradients) = Run(compute, weights, inputs);
        RowKernel.IsEnabled = false;
        try
        {
            (Tensor expected, Tensor[] expectedGradients) = Run(compute, weights, inputs);
            Close.To(expected.detach(), output, Tolerance * expected.abs().max().item<float>(), "output");
            for (int i = 0; i < gradients.Length; i++)
            {
                Close.To(expectedGradients[i], gradients[i], Tolerance * expectedGradients[i].abs().max().item<float>(), $"gradient {i}");
            }
        }
        finally
        {
            RowKernel.IsEnabled = true;
        }
    }

    private static (Tensor Output, Tensor[] Gradients) Run(Func<Tensor[], Tensor> compute, Tensor[] weights, Tensor[] inputs)
    {
        Tensor[] leaves = [.. inputs.Select(input => input.detach().clone().requires_grad_(true))];
        Tensor output = compute(leaves);
        using (no_grad())
        {
            Close.Bits(output.detach(), compute(leaves), "output without gradients");
        }

        autograd.backward([output], [Numbers(9, output.shape)]);
        Tensor[] gradients = [.. leaves.Concat(weights).Select(leaf => leaf.grad!.clone())];
        foreach (Tensor weight in weights)
        {
            weight.grad = null;
        }

        return (output, gradients);
    }

    private static Tensor Numbers(int seed, params long[] shape)
    {
        random.manual_seed(seed).Dispose();
        return randn(shape);
    }
}
