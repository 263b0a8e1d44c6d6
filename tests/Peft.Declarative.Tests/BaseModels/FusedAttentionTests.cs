using System.Runtime.Intrinsics;
using Peft.Declarative.BaseModels;
using Peft.Declarative.Layers;
using Peft.Declarative.Native;
using Peft.Declarative.Tests.Fixtures;
using static TorchSharp.torch;

namespace Peft.Declarative.Tests.BaseModels;

public sealed class FusedAttentionTests
{
    // Queries, keys, heads, groups, width. Times and widths below, at and above what fills vectors of 8 and 16, two of them, and blocks of 16 queries and 512 keys.
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
    [InlineData(33, 33, 2, 1, 9, true)]
    [InlineData(33, 5, 2, 2, 31, false)]
    [InlineData(129, 129, 4, 2, 16, true)]
    [InlineData(129, 129, 4, 2, 20, true)]
    [InlineData(129, 129, 4, 2, 64, true)]
    [InlineData(129, 129, 4, 2, 80, true)]
    [InlineData(129, 129, 4, 1, 128, true)]
    [InlineData(129, 70, 4, 2, 48, false)]
    [InlineData(70, 600, 2, 1, 64, false)]
    [InlineData(512, 512, 2, 2, 16, true)]
    [InlineData(513, 513, 2, 1, 64, true)]
    [InlineData(1100, 1100, 2, 2, 20, true)]
    [InlineData(33, 1100, 2, 2, 128, false)]
    [InlineData(40, 40, 2, 1, 256, true)]
    public void Of_AnyShape_EqualsTheOperatorInFloat64(int time, int count, int heads, int groups, int width, bool causal)
    {
        Skip.IfNot(FusedAttention.IsSupported, "The processor has no AVX2.");
        using DisposeScope scope = NewDisposeScope();

        AssertExact(time, count, heads, groups, width, causal);
    }

    [SkippableTheory]
    [InlineData(16)]
    [InlineData(20)]
    [InlineData(64)]
    [InlineData(80)]
    [InlineData(128)]
    public void Of_EveryTime_EqualsTheOperatorInFloat64(int width)
    {
        Skip.IfNot(FusedAttention.IsSupported, "The processor has no AVX2.");
        for (int time = 1; time <= 40; time++)
        {
            using DisposeScope scope = NewDisposeScope();
            AssertExact(time, time, heads: 2, groups: 1, width, causal: true);
            AssertExact(41 - time, time, heads: 2, groups: 2, width, causal: false);
        }
    }

    [SkippableTheory]
    [InlineData(8, true)]
    [InlineData(64, true)]
    [InlineData(5, false)]
    [InlineData(256, false)]
    public void Applies_ToWhatTheKernelsCompute_IsTrue(int width, bool causal)
    {
        Skip.IfNot(FusedAttention.IsSupported, "The processor has no AVX2.");
        using DisposeScope scope = NewDisposeScope();

        Assert.True(FusedAttention.Applies(zeros(64, 2, 32, width), zeros(64, 1, 32, width), zeros(64, 1, 32, width), causal));
    }

    [SkippableFact]
    public void Applies_ToFewerGroupsThanThreads_IsFalseForWideHeads()
    {
        Skip.IfNot(FusedAttention.IsSupported, "The processor has no AVX2.");
        using DisposeScope scope = NewDisposeScope();
        int threads = get_num_threads();
        try
        {
            set_num_threads(3);

            Assert.False(FusedAttention.Applies(zeros(1, 8, 40, 64), zeros(1, 2, 40, 64), zeros(1, 2, 40, 64), causal: true));
            Assert.True(FusedAttention.Applies(zeros(2, 8, 40, 64), zeros(2, 2, 40, 64), zeros(2, 2, 40, 64), causal: true));
            Assert.True(FusedAttention.Applies(zeros(1, 8, 40, 8), zeros(1, 2, 40, 8), zeros(1, 2, 40, 8), causal: true));
        }
        finally
        {
            set_num_threads(threads);
        }
    }

    [SkippableTheory]
    [InlineData(true)]
    [InlineData(false)]
    public void Apply_SwitchedOnOrOff_IsThisOrTheOperator(bool on)
    {
        Skip.IfNot(FusedAttention.IsSupported, "The processor has no AVX2.");
        using DisposeScope scope = NewDisposeScope();
        random.manual_seed(9);
        Tensor x = Projected(70, 8, 64).detach();
        Tensor fused = FusedAttention.Of(x, x, x, causal: true, 0.3);
        Tensor operators = Operators.Attention(x, x, x, null, causal: true, 0.3, grouped: false);
        try
        {
            FusedAttention.IsEnabled = on;
            Tensor actual = Attention.Apply(x, x, x, new AttentionMask(null, Causal: true), 0.3);

            Close.Bits(on ? fused : operators, actual, "output");
            Assert.False(fused.equal(operators).all().item<bool>());
        }
        finally
        {
            FusedAttention.IsEnabled = true;
        }
    }

    // As GPT-2 cuts them from one projection.
    [SkippableTheory]
    [InlineData(8)]
    [InlineData(24)]
    [InlineData(64)]
    public void Of_PartsOfOneTensor_ReadsEachFromItsBeginning(int width)
    {
        Skip.IfNot(FusedAttention.IsSupported, "The processor has no AVX2.");
        using DisposeScope scope = NewDisposeScope();
        random.manual_seed(6);
        Tensor[] parts = [.. randn(2, 40, 3 * 2 * width).chunk(3, -1).Select(part => Attention.SplitHeads(part, 2))];

        Close.To(
            Operators.Attention(parts[0], parts[1], parts[2], null, causal: true, 0.3, grouped: false),
            FusedAttention.Of(parts[0], parts[1], parts[2], causal: true, 0.3), 4e-6, "output");
    }

    // [batch, heads, width, time] with the last two swapped: the features of a head do not lie side by side.
    [SkippableTheory]
    [InlineData(8)]
    [InlineData(64)]
    public void Of_FeaturesApart_EqualsTheOperator(int width)
    {
        Skip.IfNot(FusedAttention.IsSupported, "The processor has no AVX2.");
        using DisposeScope scope = NewDisposeScope();
        random.manual_seed(7);
        Tensor x = randn(2, 2, width, 40).transpose(2, 3).requires_grad_();
        Tensor received = randn(2, 2, width, 40).transpose(2, 3);

        Tensor[] expected = Pass(Operators.Attention(x, x, x, null, causal: true, 0.3, grouped: false), received, x);
        Tensor[] actual = Pass(FusedAttention.Of(x, x, x, causal: true, 0.3), received, x);

        Close.To(expected[0], actual[0], 4e-6, "output");
        Close.To(expected[1], actual[1], 2e-5, "gradient");
    }

    // What a thread needs beside the tensors stays the same from a block of keys on.
    [SkippableFact]
    public void Scratch_OfLongTexts_IsThatOfABlock()
    {
        Skip.IfNot(FusedAttention.IsSupported, "The processor has no AVX2.");

        Assert.InRange(WideHead<Lanes8, Vector256<float>>.Scratch(WideHead<Lanes8, Vector256<float>>.MostKeys, 256) * sizeof(float), 1, 4 << 20);
    }

    [SkippableTheory]
    [InlineData(8)]
    [InlineData(64)]
    public void Of_WithoutABackwardPass_FreesWhatItSaved(int width)
    {
        Skip.IfNot(FusedAttention.IsSupported, "The processor has no AVX2.");
        Skip.IfNot(TensorBytes.AreKnown, "glibc is asked for the bytes in use.");
        using IDisposable watching = TensorBytes.Watch();
        int outputBytes = 2 * 1024 * 8 * width * sizeof(float);
        Forward();
        long before = TensorBytes.InUse;

        for (int i = 0; i < 10; i++)
        {
            Forward();
        }

        LiveTensors.CountAfterCollection();
        Assert.InRange(TensorBytes.InUse - before, long.MinValue, 2 * outputBytes);

        void Forward()
        {
            using DisposeScope scope = NewDisposeScope();
            Tensor x = Projected(1024, 8, width);
            _ = FusedAttention.Of(x, x, x, causal: true, 1);
        }
    }

    [Fact]
    public void Applies_ToWhatTheKernelsDoNotCompute_IsFalse()
    {
        using DisposeScope scope = NewDisposeScope();

        Assert.False(FusedAttention.Applies(zeros(8, 2, 64, 257), zeros(8, 2, 64, 257), zeros(8, 2, 64, 257), causal: true));
        Assert.False(FusedAttention.Applies(zeros(8, 2, 31, 64), zeros(8, 2, 31, 64), zeros(8, 2, 31, 64), causal: true));
        Assert.False(FusedAttention.Applies(zeros(1, 2, 1, 8), zeros(1, 2, 64, 8), zeros(1, 2, 64, 8), causal: false));
        Assert.False(FusedAttention.Applies(zeros(8, 2, 64, 64), zeros(8, 2, 70, 64), zeros(8, 2, 70, 64), causal: true));
        Assert.False(FusedAttention.Applies(zeros(8, 2, 64, 64), zeros(8, 2, 64, 32), zeros(8, 2, 64, 32), causal: true));   // libtorch says what is wrong
        Assert.False(FusedAttention.Applies(zeros(8, 2, 64, 64), zeros(8, 2, 64, 64), zeros(8, 2, 64, 96), causal: true));
        Assert.False(FusedAttention.Applies(zeros(8, 3, 64, 64), zeros(8, 2, 64, 64), zeros(8, 2, 64, 64), causal: true));
        Assert.False(FusedAttention.Applies(zeros(8, 2, 64, 64, ScalarType.Float64), zeros(8, 2, 64, 64, ScalarType.Float64), zeros(8, 2, 64, 64, ScalarType.Float64), causal: true));
    }

    [SkippableTheory]
    [InlineData(8)]
    [InlineData(64)]
    public void Of_ManySteps_KeepsTheNumberOfLiveTensors(int width)
    {
        Skip.IfNot(FusedAttention.IsSupported, "The processor has no AVX2.");
        Step();
        long before = LiveTensors.CountAfterCollection();

        for (int i = 0; i < 20; i++)
        {
            Step();
        }

        Assert.Equal(before, LiveTensors.CountAfterCollection());

        void Step()
        {
            using DisposeScope scope = NewDisposeScope();
            Tensor x = Projected(40, 2, width);
            _ = Pass(FusedAttention.Of(x, x, x, causal: true, 1), ones(2, 2, 40, width), x);
        }
    }

    private static void AssertExact(int time, int count, int heads, int groups, int width, bool causal)
    {
        random.manual_seed(time);
        Tensor q = Projected(time, heads, width);
        Tensor k = Projected(count, groups, width);
        Tensor v = Projected(count, groups, width);
        Tensor received = randn(2, heads, time, width);
        double scale = 1 / Math.Sqrt(width);

        // In float64, because the operator's own gradients in float32 are off by more than these.
        Tensor[] exact = [.. new[] { q, k, v }.Select(x => x.detach().to(ScalarType.Float64).requires_grad_())];
        Tensor[] expected = Pass(
            Operators.Attention(exact[0], exact[1], exact[2], null, causal, scale, grouped: heads != groups), received.to(ScalarType.Float64), exact);
        Tensor[] actual = Pass(FusedAttention.Of(q, k, v, causal, scale), received, q, k, v);

        // Gradients are what is left of products of two rows, which are of this size.
        double terms = Math.Sqrt(width);
        string[] names = ["output", "gradient of queries", "of keys", "of values"];
        for (int i = 0; i < names.Length; i++)
        {
            Tensor wanted = expected[i].to(ScalarType.Float32);
            Close.To(wanted, actual[i], 1.5e-6 * Math.Max(terms, wanted.abs().max().item<float>()), $"{names[i]} of {time} queries, {count} keys");
        }
    }

    // [batch, heads, time, width], with positions before heads in memory, as projections give them.
    internal static Tensor Projected(int time, int heads, int width) => randn(2, time, heads, width).requires_grad_().transpose(1, 2);

    private static Tensor[] Pass(Tensor output, Tensor received, params Tensor[] inputs) =>
        [output.detach(), .. autograd.grad([output], inputs, [received])];
}
