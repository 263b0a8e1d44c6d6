using Peft.Declarative.BaseModels;
using Peft.Declarative.Layers;
using Peft.Declarative.Quantization;
using Peft.Declarative.Tests.Fixtures;
using static TorchSharp.torch;

namespace Peft.Declarative.Tests.Layers;

/// <summary>Kernels of this library give the same bits on one thread and on two, so that a run does not depend on where it runs.</summary>
public sealed class KernelThreadTests : IDisposable
{
    private readonly int _threads = get_num_threads();

    private static readonly Dictionary<string, Func<Tensor[]>> Kernels = new(StringComparer.Ordinal)
    {
        ["row product"] = () => Untracked(() => RowProduct.Linear(randn(5, 1000), randn(301, 1000))!),
        ["row product in bfloat16"] = () => Untracked(() => RowProduct.Linear(randn(1, 1000), randn(301, 1000).to(ScalarType.BFloat16))!),
        ["row product in 4 bits"] = () => Untracked(() => RowProduct.Linear(randn(3, 512), Store())!),
        ["dequantization"] = () => Untracked(() => Store().Dense(ScalarType.Float32)),
        ["8 bits"] = () => Untracked(() => QuantizedTensor.Quantize(randn(301, 512), new QuantizationSettings(QuantizationType.Int8)).Dequantize(ScalarType.Float32)),
        ["gated SiLU"] = () => Pass(inputs => GatedActivation.Of(Activation.Swish, inputs[0], inputs[1]), [40, 1001], [40, 1001]),
        ["gated GELU"] = () => Pass(inputs => GatedActivation.Of(Activation.GeluTanh, inputs[0], inputs[1]), [40, 1001], [40, 1001]),
        ["norm"] = () => Pass(inputs => RmsNormFunction.Of(inputs[0], inputs[1].detach(), 1e-6), [300, 257], [257]),
        ["rotary"] = () => Pass(inputs => Rotated(inputs[0]), [4, 128, 4 * 32]),
        ["attention, narrow"] = () => Attention(8),
        ["attention, wide"] = () => Attention(80),
        ["loss"] = () =>
        {
            (Tensor loss, Tensor gradient) = SoftmaxLoss.WithGradient(randn(70, 1003), randint(1003, [70], dtype: ScalarType.Int64));
            return [loss, gradient];
        },
    };

    public static TheoryData<string> Names { get; } = [.. Kernels.Keys];

    public void Dispose() => set_num_threads(_threads);

    [SkippableTheory]
    [MemberData(nameof(Names))]
    public void Results_OnOneThreadAndOnTwo_AreTheSameBits(string kernel)
    {
        Skip.If(kernel.StartsWith("attention", StringComparison.Ordinal) && !FusedAttention.IsSupported, "The processor has no AVX2.");
        using DisposeScope scope = NewDisposeScope();

        Tensor[] one = On(1, Kernels[kernel]);
        Tensor[] two = On(2, Kernels[kernel]);

        for (int i = 0; i < one.Length; i++)
        {
            Close.Bits(one[i], two[i], $"result {i}");
        }
    }

    private static Tensor[] On(int threads, Func<Tensor[]> kernel)
    {
        set_num_threads(threads);
        random.manual_seed(6).Dispose();
        return kernel();
    }

    private static Tensor[] Untracked(Func<Tensor> kernel)
    {
        using IDisposable untracked = no_grad();
        return [kernel()];
    }

    private static Tensor[] Pass(Func<Tensor[], Tensor> kernel, params long[][] shapes)
    {
        Tensor[] inputs = Array.ConvertAll(shapes, shape => randn(shape).requires_grad_());
        Tensor output = kernel(inputs);
        output.backward([randn_like(output)]);
        return [output.detach(), .. inputs.Select(input => input.grad).OfType<Tensor>()];
    }

    private static Tensor[] Attention(int width) =>
        Pass(inputs => FusedAttention.Of(inputs[0], inputs[1], inputs[2], causal: true, 0.3), [2, 6, 200, width], [2, 3, 200, width], [2, 3, 200, width]);

    private static Tensor Rotated(Tensor x)
    {
        var embedding = new RotaryEmbedding(RotaryEmbedding.Frequencies(width: 32));
        (Tensor cosine, Tensor sine) = embedding.At(arange(128).unsqueeze(0), ScalarType.Float32);
        Assert.True(RotaryFunction.Fits(x, 4, cosine, sine));
        return RotaryEmbedding.RotateHeads(x, 4, cosine, sine);
    }

    private static QuantizedStore Store() =>
        new(QuantizedTensor.Quantize(randn(301, 512), new QuantizationSettings()), new Dequantizer(), LayerIsTransposed: false);
}
