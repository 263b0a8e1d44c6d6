using static TorchSharp.torch;

namespace Peft.Declarative.BaseModels;

/// <summary>
/// Causal attention over texts that share rows, text by text: what one would have to hide from another is never computed. The outputs of padding are 0.
/// </summary>
internal static class PackedAttention
{
    /// <summary>Computes attention.</summary>
    /// <param name="queries">The queries [batch, heads, time, width].</param>
    /// <param name="keys">The keys [batch, groups, time, width].</param>
    /// <param name="values">The values, of the same shape as the keys.</param>
    /// <param name="texts">Where the texts lie.</param>
    /// <param name="scale">The factor on the scores.</param>
    /// <param name="dropout">The probability with which an attention weight is dropped.</param>
    /// <returns>The weighted values [batch, heads, time, width].</returns>
    internal static Tensor Apply(Tensor queries, Tensor keys, Tensor values, PackedTexts texts, double scale, double dropout)
    {
        using DisposeScope scope = NewDisposeScope();
        IReadOnlyList<PackedTexts.Run> runs = texts.Runs;
        long[] positions = texts.Positions;

        // The backward pass of a split is one concatenation of gradients; that of narrow would be a gradient of full size for each text.
        (Tensor[] q, Tensor[] k, Tensor[] v) = (Positions(queries).split(positions), Positions(keys).split(positions), Positions(values).split(positions));
        var outputs = new Tensor[positions.Length];
        for (int i = 0; i < outputs.Length; i++)
        {
            outputs[i] = runs[i].IsPadding ? zeros_like(q[i], requires_grad: false) : OfRun(q[i], k[i], v[i], runs[i], scale, dropout);
        }

        Tensor joined = outputs is [var only] ? only : cat(outputs, 0);
        return joined.view(queries.size(0), queries.size(2), queries.size(1), queries.size(3)).transpose(1, 2).MoveToOuterDisposeScope();
    }

    private static Tensor OfRun(Tensor q, Tensor k, Tensor v, PackedTexts.Run run, double scale, double dropout) =>
        Positions(Attention.Apply(Heads(q, run), Heads(k, run), Heads(v, run), new AttentionMask(null, Causal: run.Length > 1), scale, dropout));

    // [batch, heads, time, width] becomes [batch · time, heads, width]: a view, because projections and the operator have positions before heads in memory.
    private static Tensor Positions(Tensor x) => x.transpose(1, 2).flatten(0, 1);

    // And [texts · length, heads, width] becomes [texts, heads, length, width].
    private static Tensor Heads(Tensor x, PackedTexts.Run run) => x.view(run.Texts, run.Length, x.size(1), x.size(2)).transpose(1, 2);
}
