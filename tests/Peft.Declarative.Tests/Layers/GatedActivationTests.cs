using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Peft.Declarative.Layers;
using Peft.Declarative.Tests.Fixtures;
using static TorchSharp.torch;

namespace Peft.Declarative.Tests.Layers;

/// <summary>The function gives what the operators give that it replaces, and the same gradients.</summary>
public sealed class GatedActivationTests
{
    public static TheoryData<Activation> All => [.. Enum.GetValues<Activation>()];

    // 37 is no multiple of a vector, and 5 is less than one.
    [Theory]
    [InlineData(Activation.Swish, 3000, 32)]
    [InlineData(Activation.Swish, 3000, 37)]
    [InlineData(Activation.Swish, 1, 5)]
    [InlineData(Activation.GeluTanh, 3000, 32)]
    [InlineData(Activation.GeluTanh, 3000, 37)]
    [InlineData(Activation.GeluTanh, 1, 5)]
    public void Of_AnyShape_EqualsTheOperatorsInFloat64(Activation activation, int rows, int width) =>
        AssertSame(activation, Numbers(1, 3, rows, width) * 4, Numbers(2, 3, rows, width), 1e-6);

    [Theory]
    [MemberData(nameof(All))]
    public void Of_EveryActivation_EqualsTheOperatorsInFloat64(Activation activation) => AssertSame(activation, Numbers(1, 3, 40), Numbers(2, 3, 40), 1e-6);

    [Theory]
    [MemberData(nameof(All))]
    public void Of_Float64_EqualsTheOperators(Activation activation) =>
        AssertSame(activation, Numbers(1, 3, 40).to(ScalarType.Float64), Numbers(2, 3, 40).to(ScalarType.Float64), 1e-12);

    [Theory]
    [InlineData(Activation.Swish)]
    [InlineData(Activation.GeluTanh)]
    public void Of_TensorsWithGaps_EqualsTheOperators(Activation activation) =>
        AssertSame(activation, Numbers(1, 40, 3).t(), Numbers(2, 3, 80).narrow(1, 7, 40), 1e-6);

    // A projection can be replaced by a layer of another width.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]   // in bfloat16
    public void Of_TensorsOfOtherShapes_IsLeftToLibtorch(bool narrow)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable? kept = KeptActivations.Begin(narrow);
        Tensor gate = Numbers(1, 3, 4000), one = Numbers(2, 3, 1).requires_grad_();

        Assert.Throws<ExternalException>(() => GatedActivation.Of(Activation.Swish, gate, Numbers(2, 3, 40)));
        Assert.Throws<ExternalException>(() => GatedActivation.Of(Activation.Swish, gate, Numbers(2, 6, 2000)));
        Tensor output = GatedActivation.Of(Activation.Swish, gate, one);
        output.sum().backward();
        Close.To(nn.functional.silu(gate) * one.detach(), output.detach(), narrow ? 0.1 : 1e-5, "output");
        Assert.Equal([3L, 1], one.grad!.shape);
    }

    [SkippableTheory]
    [InlineData(Activation.Swish)]
    [InlineData(Activation.GeluTanh)]
    public void Of_Extremes_IsTheLimitAndKeepsNaN(Activation activation)
    {
        Skip.IfNot(Vector256.IsHardwareAccelerated, "libtorch's gradient of GELU at -1e30 is NaN.");
        using DisposeScope scope = NewDisposeScope();
        float[] numbers = [-1e30f, -1e12f, -200, -88, -20, 0, 20, 88, 200, 1e12f, 1e30f, float.NaN];
        Tensor gate = tensor(numbers).requires_grad_();
        Tensor up = ones_like(gate).detach();

        Tensor output = GatedActivation.Of(activation, gate, up);
        output.sum().backward();

        for (int i = 0; i < numbers.Length - 1; i++)
        {
            float limit = Math.Max(numbers[i], 0);
            Assert.InRange(output[i].item<float>(), limit - (1e-6f * limit) - 1e-6f, limit + (1e-6f * limit) + 1e-6f);
            Assert.InRange(gate.grad![i].item<float>(), numbers[i] > 0 ? 0.99999f : -1e-5f, numbers[i] < 0 ? 1e-5f : 1.00001f);
        }

        Assert.True(float.IsNaN(output[^1].item<float>()));
        Assert.True(float.IsNaN(gate.grad![^1].item<float>()));
    }

    [SkippableTheory]
    [InlineData(Activation.GeluTanh)]
    [InlineData(Activation.Gelu)]   // without a kernel
    public void Of_TensorsWithGradients_KeepsNothingBeside(Activation activation)
    {
        Skip.IfNot(TensorBytes.AreKnown, "glibc is asked for the bytes in use.");
        using IDisposable watching = TensorBytes.Watch();
        using DisposeScope scope = NewDisposeScope();
        const int Bytes = 1 << 24;
        Tensor gate = Numbers(1, Bytes / sizeof(float)).requires_grad_();
        Tensor up = Numbers(2, Bytes / sizeof(float)).requires_grad_();
        GatedActivation.Of(activation, gate, up).Dispose();
        LiveTensors.CountAfterCollection();
        long before = TensorBytes.InUse;

        Tensor output = GatedActivation.Of(activation, gate, up);

        Assert.InRange(TensorBytes.InUse - before, Bytes * 0.9, Bytes * 1.1);   // the output; .NET itself takes and frees some
        Assert.True(output.requires_grad);
    }

    private static void AssertSame(Activation activation, Tensor gate, Tensor up, double tolerance)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor received = Numbers(9, gate.shape).to(gate.dtype);
        Tensor[] exact = Array.ConvertAll([gate, up], x => x.detach().to(ScalarType.Float64).clone().requires_grad_());
        Tensor[] own = Array.ConvertAll([gate, up], x => x.detach().alias().requires_grad_());

        Tensor expected = ActivationFunctions.Of(activation)(exact[0]) * exact[1];
        Tensor actual = GatedActivation.Of(activation, own[0], own[1]);
        Tensor[] gradients = [.. autograd.grad([expected], exact, [received.to(ScalarType.Float64)])];
        Tensor[] actualGradients = [.. autograd.grad([actual], own, [received])];

        Near(expected.detach(), actual.detach(), "output");
        Near(gradients[0], actualGradients[0], "gradient of the gate");
        Near(gradients[1], actualGradients[1], "gradient of the values");
        using (no_grad())
        {
            Close.Bits(actual.detach(), GatedActivation.Of(activation, own[0], own[1]), "output without gradients");
        }

        void Near(Tensor wanted, Tensor got, string what) => Close.To(wanted, got, tolerance * Math.Max(1, wanted.abs().max().item<double>()), what);
    }

    private static Tensor Numbers(int seed, params long[] shape)
    {
        random.manual_seed(seed).Dispose();
        return randn(shape);
    }
}
