using Peft.Declarative.BaseModels;
using Peft.Declarative.Layers;
using Peft.Declarative.Native;
using Peft.Declarative.Tests.Fixtures;
using static TorchSharp.torch;

namespace Peft.Declarative.Tests.BaseModels;

/// <summary>What the kernels compute, from which tensors, and what stays in memory.</summary>
public sealed class FusedAttentionTests
{
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
        Tensor x = AttentionPass.Projected(70, 8, 64).detach();
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

        Tensor[] expected = AttentionPass.Of(Operators.Attention(x, x, x, null, causal: true, 0.3, grouped: false), received, x);
        Tensor[] actual = AttentionPass.Of(FusedAttention.Of(x, x, x, causal: true, 0.3), received, x);

        Close.To(expected[0], actual[0], 4e-6, "output");
        Close.To(expected[1], actual[1], 2e-5, "gradient");
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
            Tensor x = AttentionPass.Projected(1024, 8, width);
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
        Assert.False(FusedAttention.Applies(zeros(8, 2, 64, 8), zeros(4, 2, 64, 8), zeros(4, 2, 64, 8), causal: true));
        Assert.False(FusedAttention.Applies(zeros(8, 2, 64, 8), zeros(8, 2, 0, 8), zeros(8, 2, 0, 8), causal: false));
        Assert.False(FusedAttention.Applies(zeros(8, 2, 64, 8), zeros(8, 0, 64, 8), zeros(8, 0, 64, 8), causal: false));
        Assert.False(FusedAttention.Applies(zeros(8, 2, 64, 8), zeros(8, 2, 64, 8, ScalarType.BFloat16), zeros(8, 2, 64, 8), causal: true));
        Assert.False(FusedAttention.Applies(zeros(8, 2, 64, 8), zeros(8, 2, 64, 8), zeros(8, 2, 64, 8, ScalarType.BFloat16), causal: true));
        Assert.False(FusedAttention.Applies(zeros(8, 2, 64, 8), zeros(8, 2, 64, 8, device: META), zeros(8, 2, 64, 8, device: META), causal: true));
        Assert.False(FusedAttention.Applies(zeros(8, 2, 64, 64, ScalarType.Float64), zeros(8, 2, 64, 64, ScalarType.Float64), zeros(8, 2, 64, 64, ScalarType.Float64), causal: true));
    }

    // As tensors of one number say, they are longer than 32 bits can count.
    [SkippableTheory]
    [InlineData(1L << 27)]
    [InlineData((1L << 32) + 64)]
    public void Applies_ToMoreKeysThanTheKernelsCount_IsFalse(long keys)
    {
        Skip.IfNot(FusedAttention.IsSupported, "The processor has no AVX2.");
        using DisposeScope scope = NewDisposeScope();
        Tensor x = zeros(1).expand(1, 2, 64, 8), many = zeros(1).expand(1, 2, keys, 8);

        Assert.True(FusedAttention.Applies(x, x, x, causal: false));
        Assert.False(FusedAttention.Applies(x, many, many, causal: false));
        Assert.False(FusedAttention.Applies(many, x, x, causal: false));
    }

    // Windows over one sequence, whose strides are equal: a copy in another type may have the positions side by side.
    [SkippableTheory]
    [InlineData(8, 4)]
    [InlineData(64, 40)]
    public void Of_OverlappingRowsKeptInBFloat16_ReadsThemAsTheyAre(int width, int time)
    {
        Skip.IfNot(FusedAttention.IsSupported, "The processor has no AVX2.");
        using DisposeScope scope = NewDisposeScope();
        random.manual_seed(11);
        Tensor windows = randn(2, 2, width + time - 1).requires_grad_().unfold(2, width, 1);
        Tensor received = randn(2, 2, time, width);
        using IDisposable? kept = KeptActivations.Begin(narrow: true);

        Tensor[] actual = AttentionPass.Of(FusedAttention.Of(windows, windows, windows, causal: true, 0.3), received, windows);
        Tensor apart = windows.contiguous();
        Tensor[] expected = AttentionPass.Of(FusedAttention.Of(apart, apart, apart, causal: true, 0.3), received, apart);

        Close.Bits(expected[0], actual[0], "output");
        Close.Bits(expected[1], actual[1], "gradient");
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
            Tensor x = AttentionPass.Projected(40, 2, width);
            _ = AttentionPass.Of(FusedAttention.Of(x, x, x, causal: true, 1), ones(2, 2, 40, width), x);
        }
    }
}
