using Peft.Declarative.BaseModels;
using Peft.Declarative.Native;
using Peft.Declarative.Tests.Fixtures;
using static TorchSharp.torch;

namespace Peft.Declarative.Tests.BaseModels;

/// <summary>Scores that are large, infinite or no numbers.</summary>
public sealed class FusedAttentionNumbersTests
{
    [SkippableTheory]
    [InlineData(8, 40)]
    [InlineData(64, 40)]
    [InlineData(64, 530)]
    public void Of_ScoresFarApart_StaysFinite(int width, int time)
    {
        Skip.IfNot(FusedAttention.IsSupported, "The processor has no AVX2.");
        using DisposeScope scope = NewDisposeScope();
        random.manual_seed(2);
        Tensor q = AttentionPass.Projected(time, 2, width) * 60;   // scores of some ten thousands
        Tensor v = AttentionPass.Projected(time, 2, width);

        Tensor output = FusedAttention.Of(q, q, v, causal: true, 1);

        Close.To(Operators.Attention(q, q, v, null, causal: true, 1, grouped: false).detach(), output.detach(), 2e-6, "output");
        Assert.All(autograd.grad([output], [q, v], [ones_like(output)]), gradient => Assert.True(gradient.isfinite().all().item<bool>()));
    }

    // Of one size but for little: their exponentials are beyond float32 before the greatest is taken off.
    [SkippableTheory]
    [InlineData(8, 1)]
    [InlineData(8, -1)]
    [InlineData(64, 1)]
    [InlineData(64, -1)]
    public void Of_ScoresFarFromZero_EqualsTheOperatorInFloat64(int width, int sign)
    {
        Skip.IfNot(FusedAttention.IsSupported, "The processor has no AVX2.");
        using DisposeScope scope = NewDisposeScope();
        random.manual_seed(4);
        Tensor q = (AttentionPass.Projected(40, 2, width) * 0.01) + 6;
        Tensor k = (AttentionPass.Projected(40, 2, width) * 0.01) + (6 * sign);
        Tensor v = AttentionPass.Projected(40, 2, width);

        Tensor[] exact = Array.ConvertAll([q, k, v], x => x.to(ScalarType.Float64));
        Tensor expected = Operators.Attention(exact[0], exact[1], exact[2], null, causal: true, 1, grouped: false);

        Close.To(expected.to(ScalarType.Float32).detach(), FusedAttention.Of(q, k, v, causal: true, 1).detach(), 1e-5 * width, "output");
    }

    [SkippableTheory]
    [InlineData(8, 0x7FC0_0000u)]
    [InlineData(8, 0xFFD5_5555u)]   // with more bits than libtorch sets
    [InlineData(64, 0x7FC0_0000u)]
    [InlineData(64, 0xFFD5_5555u)]
    public void Of_NaNInAKey_IsNaNForTheQueriesThatSeeIt(int width, uint bits)
    {
        Skip.IfNot(FusedAttention.IsSupported, "The processor has no AVX2.");
        using DisposeScope scope = NewDisposeScope();
        random.manual_seed(5);
        Tensor x = AttentionPass.Projected(40, 2, width).detach();
        Tensor k = x.clone();
        k[0, 0, 19, 3] = BitConverter.UInt32BitsToSingle(bits);

        Tensor lost = FusedAttention.Of(x, k, x, causal: true, 1).isnan().any(-1);

        Assert.Equal(21, lost.sum().item<long>());   // of 40 queries of one head
        Assert.True(lost[0, 0].narrow(0, 19, 21).all().item<bool>());
    }

    [SkippableTheory]
    [InlineData(8, false)]
    [InlineData(64, false)]
    [InlineData(8, true)]
    [InlineData(64, true)]
    public void Of_InfiniteScores_AreNaNWhereTheOperatorsAre(int width, bool positive)
    {
        Skip.IfNot(FusedAttention.IsSupported, "The processor has no AVX2.");
        using DisposeScope scope = NewDisposeScope();
        random.manual_seed(8);
        Tensor q = AttentionPass.Projected(40, 2, width).detach();
        Tensor k = AttentionPass.Projected(40, 2, width).detach();
        q[0, 0, 30] = positive ? 1e20f : -1e20f;   // times 1e20, of one key of many
        k[0, 0, 19] = 1e20f;
        q[1, 1, 10] = 0f;

        Tensor expected = Operators.Attention(q, k, q, null, causal: true, 1, grouped: false);
        Tensor actual = FusedAttention.Of(q, k, q, causal: true, 1);

        Assert.True(expected.isnan().equal(actual.isnan()).all().item<bool>());
        Assert.Equal(positive, actual[0, 0, 30].isnan().all().item<bool>());
    }
}
