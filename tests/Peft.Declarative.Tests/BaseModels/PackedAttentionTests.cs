using Peft.Declarative.BaseModels;
using Peft.Declarative.Tests.Fixtures;
using static TorchSharp.torch;

namespace Peft.Declarative.Tests.BaseModels;

/// <summary>Attention text by text is attention over whole rows under a mask that hides other texts.</summary>
public sealed class PackedAttentionTests
{
    private const int Time = 40;
    private const double Scale = 0.3;

    public static TheoryData<int[][]> Layouts =>
    [
        [[20, 13, 4], [Time]],                                     // padding; a text that fills a row
        [[9, 9, 9, 9], [9, 9, 1, 1]],                              // equal lengths that follow each other, texts of one token
        [[5, 4, 4, 4, 3, 3, 3, 3, 2, 2, 2, 2, 1, 1, 1], [7]],      // many short texts, and a row that is nearly empty
        [[33], [Time]],                                            // one text in each row
    ];

    // In float64, because the operator's own gradients in float32 are off by more than 1e-6.
    [Theory]
    [MemberData(nameof(Layouts))]
    public void Apply_OfTextsThatShareRows_EqualsAttentionUnderTheirMask(int[][] lengths)
    {
        foreach ((int heads, int groups) in new[] { (4, 4), (4, 2) })
        {
            AssertSame(lengths, heads, groups, width: 24, ScalarType.Float64, 1e-12);
        }
    }

    [Fact]
    public void Apply_ToNarrowHeads_EqualsAttentionUnderTheirMask() => AssertSame([[36, 4], [33, 5]], heads: 4, groups: 2, width: 8, ScalarType.Float32, 2e-6);

    [Theory]
    [MemberData(nameof(Layouts))]
    public void Apply_OfTextsThatShareRows_EqualsAttentionOfEachAlone(int[][] lengths)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor[] x = Inputs(lengths.Length, 4, 2, 24, ScalarType.Float64);
        Tensor actual = Attention.Apply(x[0], x[1], x[2], Packed(lengths, ScalarType.Float64), Scale).detach();
        for (int row = 0; row < lengths.Length; row++)
        {
            int start = 0;
            foreach (int length in lengths[row])
            {
                Tensor Text(Tensor all) => all.narrow(0, row, 1).narrow(2, start, length);
                Tensor alone = Attention.Apply(Text(x[0]), Text(x[1]), Text(x[2]), new AttentionMask(null, Causal: true), Scale);
                Close.To(alone.detach(), Text(actual), 1e-12, $"row {row} from {start}");
                start += length;
            }
        }
    }

    [Fact]
    public void Runs_OfTextsOfOneLength_AreOneWhereTheyFollowEachOther()
    {
        var texts = new PackedTexts([[6, 4], [4, 4, 2], [5, 5], [5]], time: 10, ScalarType.Float32, CPU);

        Assert.Equal(["1×6", "3×4", "1×2", "3×5", "padding 5"], texts.Runs.Select(run => run.IsPadding ? $"padding {run.Length}" : $"{run.Texts}×{run.Length}"));
        Assert.Equal(6, texts.Longest);
    }

    [Fact]
    public void Runs_OfOneTextInEachRow_AreRowsWithPaddingThatNoTextSees()
    {
        var texts = new PackedTexts([[6], [10]], time: 10, ScalarType.Float32, CPU);

        Assert.Equal([new PackedTexts.Run(2, 10, IsPadding: false)], texts.Runs);
    }

    // For attention of other families, which adds the mask to its scores itself.
    [Fact]
    public void Added_WhereNothingElseIsHidden_IsTheMaskOfTheTexts()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor segments = tensor(new long[,] { { 0, 0, 0, 1, 1, 0 }, { 0, 0, 1, 1, 2, 2 } });
        AttentionMask mask = new(null, Causal: false) { Texts = new PackedTexts([[3, 2], [2, 2, 2]], time: 6, ScalarType.Float32, CPU) };
        AttentionMask expected = AttentionMask.Decoder(null, 6, 6, window: null, ScalarType.Float32, CPU, segments: segments);
        Tensor bias = randn(1, 2, 6, 6);

        Assert.Null(mask.Held);
        Close.Bits(expected.Added!, mask.Added!, "mask");
        Close.Bits(expected.With(bias).Added!, mask.With(bias).Added!, "mask with a bias");
    }

    private static AttentionMask Packed(int[][] lengths, ScalarType type) => new(null, Causal: false) { Texts = new PackedTexts(lengths, Time, type, CPU) };

    private static void AssertSame(int[][] lengths, int heads, int groups, int width, ScalarType type, double tolerance)
    {
        using DisposeScope scope = NewDisposeScope();
        AttentionMask mask = Packed(lengths, type);
        Tensor[] inputs = Inputs(lengths.Length, heads, groups, width, type);

        // What padding gives does not count.
        Tensor counts = stack([.. lengths.Select(row => arange(Time).lt(row.Sum()))]).view(lengths.Length, 1, Time, 1).to(type);
        Tensor received = randn(lengths.Length, heads, Time, width, type) * counts;

        Tensor[] expected = Pass(mask with { Added = mask.Added }, inputs, received);
        Tensor[] actual = Pass(mask, inputs, received);

        Close.To(expected[0] * counts, actual[0] * counts, tolerance, "output");
        Assert.True(actual[0].isfinite().all().item<bool>(), "padding gives no numbers");
        for (int i = 1; i < expected.Length; i++)
        {
            Close.To(expected[i], actual[i], tolerance * Math.Max(1, expected[i].abs().max().to(ScalarType.Float64).item<double>()), $"gradient {i}");
        }
    }

    // [batch, heads, time, width], with positions before heads in memory, as projections give them.
    private static Tensor[] Inputs(int rows, int heads, int groups, int width, ScalarType type)
    {
        random.manual_seed(7);
        return [.. new[] { heads, groups, groups }.Select(count => randn(rows, Time, count, width, type).requires_grad_().transpose(1, 2))];
    }

    private static Tensor[] Pass(AttentionMask mask, Tensor[] inputs, Tensor received)
    {
        Tensor output = Attention.Apply(inputs[0], inputs[1], inputs[2], mask, Scale);
        return [output.detach(), .. autograd.grad([output], inputs, [received])];
    }
}
