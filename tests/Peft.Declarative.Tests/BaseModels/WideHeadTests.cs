using System.Runtime.Intrinsics;
using Peft.Declarative.BaseModels;
using Peft.Declarative.Layers;
using static TorchSharp.torch;

namespace Peft.Declarative.Tests.BaseModels;

/// <summary>Attention over heads of more than 8 features.</summary>
public sealed class WideHeadTests
{
    // Queries, keys, heads, groups, width. Times and widths below, at and above what fills tiles of 16 and 32, and blocks of 16 queries and 512 keys.
    [SkippableTheory]
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

        AttentionPass.AssertExact(time, count, heads, groups, width, causal);
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
            AttentionPass.AssertExact(time, time, heads: 2, groups: 1, width, causal: true);
            AttentionPass.AssertExact(41 - time, time, heads: 2, groups: 2, width, causal: false);
        }
    }

    // What a thread needs beside the tensors stays the same from a block of keys on.
    [SkippableFact]
    public void Scratch_OfLongTexts_IsThatOfABlock()
    {
        Skip.IfNot(FusedAttention.IsSupported, "The processor has no AVX2.");

        Assert.InRange(WideHead<Lanes8, Vector256<float>>.Scratch(WideHead<Lanes8, Vector256<float>>.MostKeys, 256) * sizeof(float), 1, 4 << 20);
    }
}
