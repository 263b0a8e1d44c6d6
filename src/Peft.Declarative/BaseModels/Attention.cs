using Peft.Declarative.Native;
using static TorchSharp.torch;

namespace Peft.Declarative.BaseModels;

/// <summary>
/// Scaled dot-product attention over heads: <c>softmax(Q Kᵀ · scale + mask) V</c>. Vaswani et al. 2017, arXiv 1706.03762. Keys and values can have
/// fewer heads than queries. Each key-value head then serves a group of query heads (Ainslie et al. 2023, arXiv 2305.13245).
/// </summary>
public static class Attention
{
    /// <summary>Splits the last dimension into heads: [batch, time, heads · width] becomes [batch, heads, time, width].</summary>
    public static Tensor SplitHeads(Tensor x, long heads)
    {
        using Tensor view = x.view(x.size(0), x.size(1), heads, x.size(2) / heads);
        return view.transpose(1, 2);
    }

    /// <summary>Joins heads: [batch, heads, time, width] becomes [batch, time, heads · width]. The inverse of <see cref="SplitHeads"/>.</summary>
    public static Tensor JoinHeads(Tensor x)
    {
        using Tensor turned = x.transpose(1, 2);
        return turned.reshape(x.size(0), x.size(2), x.size(1) * x.size(3));
    }

    /// <summary>Repeats heads of keys or values for the query heads that they serve: [batch, groups, keys, width] becomes [batch, heads, keys, width].</summary>
    public static Tensor RepeatHeads(Tensor x, long heads) => x.size(1) == heads ? x : x.repeat_interleave(heads / x.size(1), 1);

    /// <summary>Computes attention.</summary>
    /// <param name="queries">The queries [batch, heads, time, width].</param>
    /// <param name="keys">The keys [batch, groups, keys, width]. The number of heads is a multiple of the number of groups.</param>
    /// <param name="values">The values, of the same shape as the keys.</param>
    /// <param name="mask">The keys that each query sees.</param>
    /// <param name="scale">The factor on the scores, usually 1 / √width.</param>
    /// <param name="dropout">The probability with which an attention weight is dropped. The default is 0; pass 0 outside training.</param>
    /// <returns>The weighted values [batch, heads, time, width].</returns>
    public static Tensor Apply(Tensor queries, Tensor keys, Tensor values, AttentionMask mask, double scale, double dropout = 0) =>
        mask is { Held: null, Texts: { } texts } ? PackedAttention.Apply(queries, keys, values, texts, scale, dropout)
        : mask is { StepByStep: true, Added: { } added } ? StepByStep(queries, keys, values, added, scale, dropout)
        : mask.Added is null && dropout == 0 && FusedAttention.Applies(queries, keys, values, mask.Causal) ? FusedAttention.Of(queries, keys, values, mask.Causal, scale)
        : dropout == 0 && KeptAttention.Applies(queries, keys, values, mask.Added) ? KeptAttention.Of(queries, keys, values, mask, scale)
        : Operators.Attention(queries, keys, values, mask.Added, mask.Causal, scale, grouped: keys.size(1) != queries.size(1), dropout);

    private static Tensor StepByStep(Tensor queries, Tensor keys, Tensor values, Tensor mask, double scale, double dropout)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor scores = (queries * Scalars.Of(scale)).matmul(RepeatHeads(keys, queries.size(1)).transpose(-2, -1)).add(mask, Scalars.One);
        Tensor weights = nn.functional.dropout(scores.softmax(-1), dropout, training: dropout > 0);
        return weights.matmul(RepeatHeads(values, queries.size(1))).MoveToOuterDisposeScope();
    }
}
