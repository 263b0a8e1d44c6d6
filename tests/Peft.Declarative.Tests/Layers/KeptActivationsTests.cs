using Peft.Declarative.BaseModels;
using Peft.Declarative.Layers;
using Peft.Declarative.Native;
using Peft.Declarative.Quantization;
using Peft.Declarative.Slots.Products;
using Peft.Declarative.Tests.Fixtures;
using TorchSharp.Modules;
using static TorchSharp.torch;
using Linear = Peft.Declarative.Layers.Linear;

namespace Peft.Declarative.Tests.Layers;

/// <summary>
/// Functions that keep bfloat16 compute in float32: of numbers that bfloat16 can hold, they give what they give otherwise, and of others what they give of the
/// rounded ones.
/// </summary>
public sealed class KeptActivationsTests
{
    // Of a number that is rounded to 8 digits, and of one that is multiplied by it.
    private const double Rounding = 1.0 / 256;

    [Fact]
    public void Begin_OfAPiece_IsForThisThreadUntilItsEnd()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor x = Numbers(1, 3, 5);
        using (KeptActivations.Begin(narrow: true))
        {
            Assert.Null(KeptActivations.Begin(narrow: true));
            Assert.Equal(ScalarType.BFloat16, KeptActivations.Of(x).dtype);
            Assert.Equal(ScalarType.Float64, KeptActivations.Of(x.to(ScalarType.Float64)).dtype);
            var thread = new Thread(() => Assert.False(KeptActivations.AreNarrow));
            thread.Start();
            thread.Join();
        }

        Assert.Same(x, KeptActivations.Of(x));
        Assert.Null(KeptActivations.Begin(narrow: false));
    }

    [Theory]
    [InlineData(37, false)]
    [InlineData(512, true)]
    public void RmsNorm_OfAnInput_HasTheGradientsOfTheRoundedOne(int width, bool trained)
    {
        using var norm = new RmsNorm(width, 1e-5);
        norm.weight = new Parameter(Numbers(1, width), requires_grad: trained);

        AssertSame(x => norm.call(x[0]), ofRounded: false, trained ? [norm.weight] : [], 0, Numbers(2, 2, 300, width));
    }

    [Theory]
    [InlineData(Activation.Swish, 4096)]
    [InlineData(Activation.GeluTanh, 37)]   // no multiple of a vector
    [InlineData(Activation.Gelu, 40)]       // without a kernel
    public void GatedActivation_OfGateAndValues_IsThatOfTheRoundedOnes(Activation activation, int width) => AssertSame(
        x => GatedActivation.Of(activation, x[0], x[1]), ofRounded: true, [], Rounding, Numbers(1, 9, width), Numbers(2, 9, width));

    // The gradient of a score is a difference, of which one side is a sum of products with the output, which is kept as well.
    [Theory]
    [InlineData(4, 4, 16, 40, true)]
    [InlineData(4, 2, 16, 40, false)]
    [InlineData(4, 2, 16, 700, true)]   // more keys than libtorch reads at a time
    [InlineData(4, 2, 8, 40, true)]     // the kernel of this library
    public void Attention_OfHeads_IsThatOfTheRoundedOnes(int heads, int groups, int width, int time, bool causal) => AssertSame(
        x => Attention.Apply(x[0], x[1], x[2], new AttentionMask(null, causal), 0.3),
        ofRounded: true, [], 2 * Rounding, Numbers(1, 2, heads, time, width), Numbers(2, 2, groups, time, width), Numbers(3, 2, groups, time, width));

    [Fact]
    public void Attention_WithAMask_IsThatOfTheRoundedOnes()
    {
        using DisposeScope scope = NewDisposeScope();
        AttentionMask mask = AttentionMask.Decoder(tensor(new long[,] { { 0, 0, 1, 1, 1, 1 }, { 1, 1, 1, 1, 1, 1 } }), 6, 6, 3, ScalarType.Float32, CPU);

        AssertSame(
            x => Attention.Apply(x[0], x[1], x[2], mask, 0.3), ofRounded: true, [], 2 * Rounding, Numbers(1, 2, 4, 6, 16), Numbers(2, 2, 2, 6, 16), Numbers(3, 2, 2, 6, 16));
    }

    [Fact]
    public void JointProduct_OfAnInput_HasTheGradientOfTheRoundedOne()
    {
        using var layer = new Linear(40, 24, hasBias: false) { weight = new Parameter(Numbers(1, 24, 40), requires_grad: false) };
        using var a = new Parameter(Numbers(2, 3, 40));
        using Tensor b = Numbers(3, 24, 3);

        AssertSame(
            x => JointProduct.Of(x[0], [new LayerProduct(FrozenOperand.Of(layer, x[0])!, new LayerTerm { LowRank = new LowRankTerm(x[0], a, b, 2) })])[0],
            ofRounded: false, [a], 1e-6, Numbers(4, 2, 30, 40));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void CallForKeeping_OfLayersInBFloat16_GivesTheNumbersOfCall(bool quantized)
    {
        using DisposeScope scope = NewDisposeScope();
        using var dequantizer = new Dequantizer();
        using var layer = new Linear(64, 128, hasBias: false) { weight = new Parameter(Numbers(1, 128, 64).to(ScalarType.BFloat16), requires_grad: false) };
        if (quantized)
        {
            layer.StoreQuantized(QuantizedTensor.Quantize(Numbers(1, 128, 64), new QuantizationSettings()), dequantizer);
        }

        layer.MultipliesInBFloat16 = true;
        BFloat16Speed.IsAssumed = true;
        try
        {
            (Tensor Output, Tensor Gradient) Run(Func<Tensor, Tensor> compute)
            {
                Tensor x = Numbers(2, 2, 40, 64).requires_grad_();
                Tensor output = compute(x);
                output.backward([Numbers(3, 2, 40, 128).to(output.dtype)]);
                return (output.detach(), x.grad!);
            }

            (Tensor expected, Tensor expectedGradient) = Run(x => SharedInput.Call(x, layer)[0]);
            using IDisposable? keeping = KeptActivations.Begin(narrow: true);
            (Tensor actual, Tensor gradient) = Run(x => SharedInput.CallForKeeping(x, layer)[0]);

            Assert.Equal(ScalarType.BFloat16, actual.dtype);
            Close.Bits(expected, actual.to(ScalarType.Float32), "output");
            Close.Bits(expectedGradient, gradient, "gradient");
        }
        finally
        {
            BFloat16Speed.IsAssumed = null;
        }
    }

    // 'ofRounded': whether the output is that of rounded inputs as well, and not the gradients alone.
    private static void AssertSame(Func<Tensor[], Tensor> compute, bool ofRounded, Tensor[] weights, double tolerance, params Tensor[] inputs)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor[] rounded = [.. inputs.Select(input => input.to(ScalarType.BFloat16).to(ScalarType.Float32))];
        (Tensor expected, Tensor[] expectedGradients) = Run(compute, weights, rounded);
        Tensor whole = compute(inputs).detach();
        using IDisposable? keeping = KeptActivations.Begin(narrow: true);
        (Tensor actual, Tensor[] gradients) = Run(compute, weights, inputs);

        Close.To(ofRounded ? expected : whole, actual, 1e-6 * expected.abs().max().item<float>(), "output");
        for (int i = 0; i < gradients.Length; i++)
        {
            Close.To(expectedGradients[i], gradients[i], tolerance * expectedGradients[i].abs().max().item<float>(), $"gradient {i}");
        }
    }

    private static (Tensor Output, Tensor[] Gradients) Run(Func<Tensor[], Tensor> compute, Tensor[] weights, Tensor[] inputs)
    {
        Tensor[] leaves = [.. inputs.Select(input => input.detach().clone().requires_grad_())];
        Tensor output = compute(leaves);
        output.backward([Numbers(9, output.shape)]);
        Tensor[] gradients = [.. leaves.Concat(weights).Select(leaf => leaf.grad!.clone())];
        foreach (Tensor weight in weights)
        {
            weight.grad = null;
        }

        return (output.detach(), gradients);
    }

    private static Tensor Numbers(int seed, params long[] shape)
    {
        random.manual_seed(seed).Dispose();
        return randn(shape);
    }
}
