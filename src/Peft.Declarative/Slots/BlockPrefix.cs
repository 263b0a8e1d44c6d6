using Peft.Declarative.Slots.Rows;
using static TorchSharp.torch;

namespace Peft.Declarative.Slots;

/// <summary>The learned keys and values of one prefix in one attention layer.</summary>
/// <param name="Keys">The keys [1, heads, tokens, width], without rotary embedding.</param>
/// <param name="Values">The values, of the same shape.</param>
internal sealed record BlockPrefix(Tensor Keys, Tensor Values)
{
    /// <summary>
    /// Computes factors [batch, 1, 1, 1] for keys and values from the input of the attention layer [batch, time, hidden]. It must be a pure function of
    /// the input and the parameters. <see langword="null"/> (the default) applies no factor.
    /// </summary>
    public Func<Tensor, (Tensor Keys, Tensor Values)>? Gate { get; init; }

    /// <summary>The routing of a mixed batch, in which only some rows have this prefix; <see langword="null"/> (the default) if all have it.</summary>
    public RowRouting? Routing { get; init; }

    /// <summary>The rows that have this prefix.</summary>
    public RowSegment? Segment { get; init; }

    /// <summary>The keys and values [batch, heads, tokens, width] of all prefixes of a block; of rows with fewer tokens than others, zeros before their own.</summary>
    /// <param name="prefixes">The prefixes; at least one.</param>
    /// <param name="hidden">The input of the attention layer [batch, time, hidden].</param>
    /// <param name="heads">The number of heads to which keys and values of fewer heads are repeated.</param>
    internal static (Tensor Keys, Tensor Values) Of(IReadOnlyList<BlockPrefix> prefixes, Tensor hidden, long heads)
    {
        if (prefixes[0].Routing is not { IsUniform: false } routing)
        {
            return Of(prefixes, prefixes[0].Segment?.WithoutPadding(hidden) ?? hidden, heads, padding: 0, prefixes[0].Keys);
        }

        return OfRows(routing, prefixes, hidden, heads);
    }

    private static (Tensor Keys, Tensor Values) OfRows(RowRouting routing, IReadOnlyList<BlockPrefix> prefixes, Tensor hidden, long heads)
    {
        BlockPrefix[][] own = [.. routing.Segments.Select(segment => prefixes.Where(prefix => prefix.Segment == segment).ToArray())];
        long most = own.Max(segment => segment.Sum(prefix => prefix.Keys.size(2)));
        (Tensor Keys, Tensor Values)[] segments =
        [
            .. routing.Split(hidden).Select((rows, i) => Of(
                own[i], routing.Segments[i].WithoutPadding(rows), heads, most - own[i].Sum(prefix => prefix.Keys.size(2)), prefixes[0].Keys)),
        ];
        return (routing.Join([.. segments.Select(segment => segment.Keys)]), routing.Join([.. segments.Select(segment => segment.Values)]));
    }

    private static (Tensor Keys, Tensor Values) Of(IReadOnlyList<BlockPrefix> prefixes, Tensor hidden, long heads, long padding, Tensor like)
    {
        (List<Tensor> keys, List<Tensor> values) = ([], []);
        if (padding > 0)
        {
            Tensor nothing = zeros([hidden.size(0), heads, padding, like.size(3)], dtype: like.dtype, device: like.device);
            keys.Add(nothing);
            values.Add(nothing);
        }

        for (int i = 0; i < prefixes.Count; i++)
        {
            (Tensor Keys, Tensor Values) own = prefixes[i].For(hidden);
            keys.Add(Heads(own.Keys, heads));
            values.Add(Heads(own.Values, heads));
        }

        return (cat(keys, 2), cat(values, 2));
    }

    /// <summary>The keys and values [batch, heads, tokens, width] for the rows of a batch.</summary>
    private (Tensor Keys, Tensor Values) For(Tensor hidden)
    {
        if (Gate is null)
        {
            return (Rows(Keys, hidden.size(0)), Rows(Values, hidden.size(0)));
        }

        (Tensor keys, Tensor values) = Gate(hidden);
        return (Keys * keys, Values * values);
    }

    private static Tensor Rows(Tensor learned, long batch) => learned.expand(batch, -1, -1, -1);

    private static Tensor Heads(Tensor keys, long heads) => keys.size(1) == heads ? keys : keys.repeat_interleave(heads / keys.size(1), 1);
}
