using Peft.Declarative.BaseModels;
using Peft.Declarative.Native;
using Peft.Declarative.Tests.Fixtures;
using static TorchSharp.torch;

namespace Peft.Declarative.Tests.BaseModels;

public sealed class NarrowAttentionTests
{
    // Queries, keys, heads, groups, width. Times and widths below, at and above what fills vectors of 8 and 16.
    [SkippableTheory]
    [InlineData(40, 40, 4, 4, 8, true)]
    [InlineData(37, 37, 4, 2, 8, true)]
    [InlineData(33, 50, 2, 1, 8, false)]
    [InlineData(33, 33, 2, 2, 5, true)]
    [InlineData(32, 32, 2, 2, 8, true)]
    [InlineData(47, 47, 3, 1, 8, true)]
    [InlineData(48, 48, 2, 2, 1, true)]
    [InlineData(49, 49, 2, 1, 7, true)]
    [InlineData(32, 3, 2, 2, 8, false)]
    [InlineData(32, 7, 2, 2, 8, false)]
    [InlineData(35, 8, 4, 2, 3, false)]
    [InlineData(35, 9, 2, 2, 8, false)]
    [InlineData(35, 15, 2, 1, 8, false)]
    [InlineData(35, 16, 2, 2, 8, false)]
    [InlineData(35, 17, 2, 2, 8, false)]
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

    // As GPT-2 cuts them from one projection.
    [SkippableFact]
    public void Of_PartsOfOneTensor_ReadsEachFromItsBeginning()
    {
        Skip.IfNot(NarrowHead.IsSupported, "The processor has no AVX2.");
        using DisposeScope scope = NewDisposeScope();
        random.manual_seed(6);
        Tensor[] parts = [.. randn(2, 40, 3 * 16).chunk(3, -1).Select(part => Attention.SplitHeads(part, 2))];

        Close.To(
            Operators.Attention(parts[0], parts[1], parts[2], null, causal: true, 0.7, grouped: false),
            NarrowAttention.Of(parts[0], parts[1], parts[2], causal: true, 0.7), 2e-6, "output");
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

    // Of one size but for little: their exponentials are beyond float32 before the greatest is taken off.
    [SkippableTheory]
    [InlineData(1)]
    [InlineData(-1)]
    public void Of_ScoresFarFromZero_EqualsTheOperatorInFloat64(int sign)
    {
        Skip.IfNot(NarrowHead.IsSupported, "The processor has no AVX2.");
        using DisposeScope scope = NewDisposeScope();
        random.manual_seed(4);
        Tensor q = (Projected(40, 2, 8) * 0.01) + 6;
        Tensor k = (Projected(40, 2, 8) * 0.01) + (6 * sign);
        Tensor v = Projected(40, 2, 8);

        Tensor[] exact = Array.ConvertAll([q, k, v], x => x.to(ScalarType.Float64));
        Tensor expected = Operators.Attention(exact[0], exact[1], exact[2], null, causal: true, 1, grouped: false);

        Close.To(expected.to(ScalarType.Float32).detach(), NarrowAttention.Of(q, k, v, causal: true, 1).detach(), 1e-4, "output");
    }

    [SkippableTheory]
    [InlineData(0x7FC0_0000u)]
    [InlineData(0xFFD5_5555u)]   // with more bits than libtorch sets
    public void Of_NaNInAKey_IsNaNForTheQueriesThatSeeIt(uint bits)
    {
        Skip.IfNot(NarrowHead.IsSupported, "The processor has no AVX2.");
        using DisposeScope scope = NewDisposeScope();
        random.manual_seed(5);
        Tensor x = Projected(40, 2, 8).detach();
        Tensor k = x.clone();
        k[0, 0, 19, 3] = BitConverter.UInt32BitsToSingle(bits);

        Tensor lost = NarrowAttention.Of(x, k, x, causal: true, 1).isnan().any(-1);

        Assert.Equal(21, lost.sum().item<long>());   // of 40 queries of one head
        Assert.True(lost[0, 0].narrow(0, 19, 21).all().item<bool>());
    }

    [SkippableFact]
    public void Of_WithoutABackwardPass_FreesWhatItSaved()
    {
        Skip.IfNot(NarrowHead.IsSupported, "The processor has no AVX2.");
        Skip.IfNot(TensorBytes.AreKnown, "glibc is asked for the bytes in use.");
        using IDisposable watching = TensorBytes.Watch();
        const int OutputBytes = 2 * 1024 * 8 * 8 * sizeof(float);
        Forward();
        long before = TensorBytes.InUse;

        for (int i = 0; i < 10; i++)
        {
            Forward();
        }

        LiveTensors.CountAfterCollection();
        Assert.InRange(TensorBytes.InUse - before, long.MinValue, 2 * OutputBytes);

        static void Forward()
        {
            using DisposeScope scope = NewDisposeScope();
            Tensor x = Projected(1024, 8, 8);
            _ = NarrowAttention.Of(x, x, x, causal: true, 1);
        }
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
