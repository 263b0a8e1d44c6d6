using Peft.Declarative.BaseModels;
using Peft.Declarative.Native;
using Peft.Declarative.Tests.Fixtures;
using static TorchSharp.torch;

namespace Peft.Declarative.Tests.BaseModels;

public sealed class NarrowAttentionTests
{
    // Queries, keys, heads, groups, width. Neither times nor widths fill a vector everywhere.
    [SkippableTheory]
    [InlineData(40, 40, 4, 4, 8, true)]
    [InlineData(37, 37, 4, 2, 8, true)]
    [InlineData(33, 50, 2, 1, 8, false)]
    [InlineData(33, 33, 2, 2, 5, true)]
    [InlineData(200, 200, 6, 3, 8, true)]
    public void Of_AnyShape_EqualsTheOperatorInFloat64(int time, int count, int heads, int groups, int width, bool causal)
    {
        Skip.IfNot(NarrowHead.IsSupported, "The processor has no AVX2.");
        using DisposeScope scope = NewDisposeScope();
        random.manual_seed(time);
        Tensor q = Projected(time, heads, width);
        Tensor k = Projected(count, groups, width);
        Tensor v = Projected(count, groups, width);
        Tensor received = randn(2, heads, time, width);

        // In float64, because the operator's own gradients in float32 are off by more than these.
        Tensor[] exact = [.. new[] { q, k, v }.Select(x => x.detach().to(ScalarType.Float64).requires_grad_())];
        Tensor[] expected = Pass(
            Operators.Attention(exact[0], exact[1], exact[2], null, causal, 0.7, grouped: heads != groups), received.to(ScalarType.Float64), exact);
        Tensor[] actual = Pass(NarrowAttention.Of(q, k, v, causal, 0.7), received, q, k, v);

        Assert.True(NarrowAttention.Applies(q, k, causal));
        string[] names = ["output", "gradient of queries", "of keys", "of values"];
        for (int i = 0; i < names.Length; i++)
        {
            Tensor wanted = expected[i].to(ScalarType.Float32);
            Close.To(wanted, actual[i], 1e-6 * Math.Max(1, wanted.abs().max().item<float>()), names[i]);
        }
    }

    [SkippableFact]
    public void Of_ScoresFarApart_StaysFinite()
    {
        Skip.IfNot(NarrowHead.IsSupported, "The processor has no AVX2.");
        using DisposeScope scope = NewDisposeScope();
        random.manual_seed(2);
        Tensor q = Projected(40, 2, 8) * 60;
        Tensor v = Projected(40, 2, 8);

        Close.To(Operators.Attention(q, q, v, null, causal: true, 1, grouped: false).detach(), NarrowAttention.Of(q, q, v, causal: true, 1).detach(), 2e-6, "output");
    }

    [Fact]
    public void Applies_ToWhatTheKernelDoesNotCompute_IsFalse()
    {
        using DisposeScope scope = NewDisposeScope();

        Assert.False(NarrowAttention.Applies(zeros(1, 2, 64, 16), zeros(1, 2, 64, 16), causal: true));
        Assert.False(NarrowAttention.Applies(zeros(1, 2, 1, 8), zeros(1, 2, 64, 8), causal: false));
        Assert.False(NarrowAttention.Applies(zeros(1, 2, 64, 8), zeros(1, 2, 70, 8), causal: true));
        Assert.False(NarrowAttention.Applies(zeros(1, 2, 64, 8, ScalarType.Float64), zeros(1, 2, 64, 8, ScalarType.Float64), causal: true));
    }

    [SkippableFact]
    public void Of_ManySteps_KeepsTheNumberOfLiveTensors()
    {
        Skip.IfNot(NarrowHead.IsSupported, "The processor has no AVX2.");
        Step();
        long before = LiveTensors.CountAfterCollection();

        for (int i = 0; i < 20; i++)
        {
            Step();
        }

        Assert.Equal(before, LiveTensors.CountAfterCollection());

        static void Step()
        {
            using DisposeScope scope = NewDisposeScope();
            Tensor x = Projected(40, 2, 8);
            _ = Pass(NarrowAttention.Of(x, x, x, causal: true, 1), ones(2, 2, 40, 8), x);
        }
    }

    // [batch, heads, time, width], with positions before heads in memory, as projections give them.
    private static Tensor Projected(int time, int heads, int width) => randn(2, time, heads, width).requires_grad_().transpose(1, 2);

    private static Tensor[] Pass(Tensor output, Tensor received, params Tensor[] inputs) =>
        [output.detach(), .. autograd.grad([output], inputs, [received])];
}
