using Peft.Declarative.BaseModels;
using static TorchSharp.torch;

namespace Peft.Declarative.Tests.BaseModels;

/// <summary>Attention over heads of at most 8 features.</summary>
public sealed class NarrowHeadTests
{
    // Queries, keys, heads, groups, width. Numbers of keys below, at and above what fills vectors of 8 and 16, and two of them.
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
        Skip.IfNot(FusedAttention.IsSupported, "The processor has no AVX2.");
        using DisposeScope scope = NewDisposeScope();

        AttentionPass.AssertExact(time, count, heads, groups, width, causal);
    }
}
