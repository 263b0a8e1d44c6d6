using Peft.Declarative.Native;
using static TorchSharp.torch;

namespace Peft.Declarative.BaseModels;

/// <summary>
/// Scaled dot-product attention over heads: <c>softmax(Q Kᵀ · scale + mask) V</c>. Vaswani et al. 2017, arXiv 1706.03762. Keys and values may have
/// fewer heads than queries; each then serves a group of them (Ainslie et al. 2023, arXiv 2305.13245).
/// </summary>
public static class Attention
{
    /// <summary>Splits the last axis into heads: [batch, time, heads · width] becomes [batch, heads, time, width].</summary>
    public static Tensor SplitHeads(Tensor x, long heads)
    {
        using Tensor view = x.view(x.size(0), x.size(1), heads, x.size(2) / heads);
        return view.transpose(1, 2);
    }

    /// <summary>Puts heads back side by side: the inverse of <see cref="SplitHeads"/>.</summary>
    public static Tensor JoinHeads(Tensor x)
    {
        using Tensor turned = x.transpose(1, 2);
        return turned.reshape(x.size(0), x.size(2), x.size(1) * x.size(3));
    }

    /// <summary>Repeats heads of keys or values for the groups of queries that they serve: [batch, groups, slots, width] becomes [batch, heads, slots, width].</summary>
    public static Tensor RepeatHeads(Tensor x, long heads) => x.size(1) == heads ? x : x.repeat_interleave(heads / x.size(1), 1);

    /// <summary>Attention of queries [batch, heads, time, width] over keys and values [batch, groups, slots, width].</summary>
    /// <param name="queries">[batch, heads, time, width].</param>
    /// <param name="keys">[batch, groups, slots, width]; heads is a multiple of groups.</param>
    /// <param name="values">Same shape as the keys.</param>
    /// <param name="mask">Which keys each query may see.</param>
    /// <param name="scale">Factor on the scores, usually 1 / √width.</param>
    /// <param name="dropout">Share of the attention weights that is dropped, while training only.</param>
    public static Tensor Apply(Tensor queries, Tensor keys, Tensor values, AttentionMask mask, double scale, double dropout = 0) =>
        Operators.Attention(queries, keys, values, mask.Added, mask.Causal, scale, grouped: keys.size(1) != queries.size(1), dropout);
}
