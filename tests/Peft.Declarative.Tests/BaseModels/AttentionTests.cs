using Peft.Declarative.BaseModels;
using Peft.Declarative.Layers;
using Peft.Declarative.Tests.Fixtures;
using static TorchSharp.torch;

namespace Peft.Declarative.Tests.BaseModels;

/// <summary>Attention by the fused operator is the softmax of the paper, forward and backward, with what a mask hides and where heads share keys.</summary>
public sealed class AttentionTests
{
    private const int Batch = 2;
    private const int Width = 24;   // more than the kernel for narrow heads computes
    private const double Scale = 0.3;

    public enum Hidden
    {
        Nothing,
        LaterKeys,
        PaddingOnTheLeft,
        PaddingOnTheRight,
        OtherTexts,
        DistantKeys,
    }

    public static TheoryData<Hidden, int, int> Cases
    {
        get
        {
            var data = new TheoryData<Hidden, int, int>();
            foreach (Hidden hidden in Enum.GetValues<Hidden>())
            {
                data.Add(hidden, 4, 4);
                data.Add(hidden, 4, 2);
                data.Add(hidden, 4, 1);
            }

            return data;
        }
    }

    // In float64, in which the operator's own rounding does not hide a key too many; in float32 its gradients are off by more than 1e-6.
    [Theory]
    [MemberData(nameof(Cases))]
    public void Apply_WithAMask_EqualsTheSoftmaxOverVisibleKeys(Hidden hidden, int heads, int groups)
    {
        using DisposeScope scope = NewDisposeScope();
        const int Time = 9;
        random.manual_seed(4).Dispose();
        Tensor[] inputs = [.. new[] { heads, groups, groups }.Select(count => randn(Batch, count, Time, Width, ScalarType.Float64).requires_grad_())];
        (AttentionMask mask, Tensor visible) = Mask(hidden, Time);

        // What a query of padding, which sees no key, gives does not count.
        Tensor counts = visible.any(-1, keepdim: true);
        Tensor received = randn(Batch, heads, Time, Width, ScalarType.Float64) * counts;

        Tensor[] expected = Pass(Plain(inputs[0], inputs[1], inputs[2], visible), received, inputs);
        Tensor[] actual = Pass(Attention.Apply(inputs[0], inputs[1], inputs[2], mask, Scale), received, inputs);
        Tensor output = Attention.Apply(Single(inputs[0]), Single(inputs[1]), Single(inputs[2]), mask with { Added = mask.Added?.to(ScalarType.Float32) }, Scale);

        string[] names = ["output", "gradient of queries", "of keys", "of values"];
        for (int i = 0; i < names.Length; i++)
        {
            Tensor counted = i == 0 ? counts : ones(1);
            Close.To(expected[i] * counted, actual[i] * counted, 1e-12, names[i]);
        }

        Close.To(expected[0] * counts, output * counts, 1e-6 * expected[0].abs().max().item<double>(), "output in float32");
    }

    // libtorch's kernel would read past their end.
    [Theory]
    [InlineData(1, 4, 40)]
    [InlineData(2, 3, 40)]
    [InlineData(2, 4, 20)]
    public void KeptAttention_ShapesThatDoNotFit_DoesNotApply(long batch, long heads, long time)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable? kept = KeptActivations.Begin(narrow: true);
        Tensor values = randn(batch, heads, time, Width);
        Tensor keys = time == 40 ? values : randn(batch, heads, 40, Width);

        Assert.False(KeptAttention.Applies(randn(2, 4, 40, Width), keys, values, mask: null));
        Assert.True(KeptAttention.Applies(randn(batch, heads, 40, Width), keys, keys, mask: null));
    }

    private static Tensor Single(Tensor x) => x.detach().to(ScalarType.Float32);

    private static (AttentionMask Mask, Tensor Visible) Mask(Hidden hidden, int time)
    {
        Tensor causal = ones(time, time, ScalarType.Bool).tril();
        Tensor padding = ones(Batch, time, dtype: ScalarType.Int64);
        AttentionMask Decoder(Tensor? padded = null, int? window = null, Tensor? segments = null) =>
            AttentionMask.Decoder(padded, time, time, window, ScalarType.Float64, CPU, segments: segments);
        switch (hidden)
        {
            case Hidden.Nothing:
                return (AttentionMask.Encoder(null, ScalarType.Float64), ones(1, 1, time, time, ScalarType.Bool));
            case Hidden.LaterKeys:
                return (Decoder(), causal);
            case Hidden.PaddingOnTheLeft:
                padding[1, ..3] = 0;
                return (Decoder(padding), causal.logical_and(padding.view(Batch, 1, 1, time).ne(0)));
            case Hidden.PaddingOnTheRight:
                padding[1, 6..] = 0;
                return (AttentionMask.Encoder(padding, ScalarType.Float64), padding.view(Batch, 1, 1, time).ne(0));
            case Hidden.OtherTexts:
                Tensor texts = tensor(new long[,] { { 0, 0, 0, 0, 1, 1, 1, 2, 2 }, { 0, 0, 1, 1, 1, 1, 1, 1, 1 } });
                return (Decoder(segments: texts), causal.logical_and(texts.view(Batch, 1, time, 1).eq(texts.view(Batch, 1, 1, time))));
            default:
                return (Decoder(window: 4), causal.logical_and(ones(time, time, ScalarType.Bool).triu(-3)));
        }
    }

    // Softmax(Q Kᵀ · scale) V over what is visible, head by head.
    private static Tensor Plain(Tensor q, Tensor k, Tensor v, Tensor visible)
    {
        int served = (int)(q.size(1) / k.size(1));
        Tensor keys = k.repeat_interleave(served, 1);
        Tensor scores = q.matmul(keys.transpose(-2, -1)).mul(Scale).masked_fill(visible.logical_not(), double.MinValue);
        return scores.softmax(-1).matmul(v.repeat_interleave(served, 1));
    }

    private static Tensor[] Pass(Tensor output, Tensor received, Tensor[] inputs) => [output.detach(), .. autograd.grad([output], inputs, [received])];
}
