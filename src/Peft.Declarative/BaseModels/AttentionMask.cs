using Peft.Declarative.Native;
using Peft.Declarative.Slots.Rows;
using static TorchSharp.torch;

namespace Peft.Declarative.BaseModels;

/// <summary>
/// The keys that each query sees. Causal attention without padding needs no tensor. Otherwise, a float mask is added to the scores. It contains the
/// smallest value of its type instead of −∞, so that a query that sees no key results in finite numbers and not in NaN.
/// </summary>
/// <param name="Added">The mask [batch or 1, heads or 1, queries or 1, keys], or <see langword="null"/>.</param>
/// <param name="Causal">Whether the attention operator hides later keys. Must be <see langword="false"/> if <paramref name="Added"/> is set.</param>
public readonly record struct AttentionMask(Tensor? Added, bool Causal)
{
    /// <summary>
    /// The mask [batch or 1, heads or 1, queries or 1, keys], or <see langword="null"/>. Where texts share rows, it can be made anew by each call, for attention
    /// that is not <see cref="Attention.Apply"/>, which needs none.
    /// </summary>
    public Tensor? Added
    {
        get => Held ?? Texts?.Mask();
        init => Held = value;
    }

    /// <summary>The mask if there is a tensor.</summary>
    internal Tensor? Held { get; private init; } = Added;

    /// <summary>The texts that share rows, if they alone say what is hidden, as long as there is no tensor.</summary>
    internal PackedTexts? Texts { get; init; }

    /// <summary>
    /// Whether the softmax is computed step by step. A query that sees no key weighs all n keys alike. The fused operator keeps only the logarithm of the sum
    /// of its exponentials, in which the smallest value of the type absorbs log n, so that its backward pass weighs each key with 1 instead of 1 / n. That
    /// matters only where something of padding reaches the loss, and costs the memory of all scores.
    /// </summary>
    internal bool StepByStep { get; init; }

    /// <summary>Creates the causal mask of a decoder.</summary>
    /// <param name="padding">1 for tokens, 0 for padding, [batch, keys]; <see langword="null"/> if there is no padding.</param>
    /// <param name="queries">The number of queries. They correspond to the last keys.</param>
    /// <param name="keys">The number of keys.</param>
    /// <param name="window">The size of the sliding window: keys at this distance or farther are hidden; <see langword="null"/> for no window.</param>
    /// <param name="type">The type of the scores.</param>
    /// <param name="device">The device of the scores.</param>
    /// <param name="keysWithoutPosition">The number of first keys that the window never hides. The default is 0.</param>
    /// <param name="segments">
    /// The number of the text to which each token belongs, [batch, keys], with as many queries as keys. Tokens of other texts are hidden.
    /// <see langword="null"/> (the default) if each row is one text.
    /// </param>
    public static AttentionMask Decoder(
        Tensor? padding, long queries, long keys, int? window, ScalarType type, Device device, int keysWithoutPosition = 0, Tensor? segments = null) =>
        Decoder(padding, queries, keys, window, type, device, keysWithoutPosition, segments, RowOffsets.None);

    /// <summary>The same, where the keys before the text differ from row to row.</summary>
    internal static AttentionMask Decoder(
        Tensor? padding, long queries, long keys, int? window, ScalarType type, Device device, int keysWithoutPosition, Tensor? segments, RowOffsets before)
    {
        bool windowed = window < keys;
        if (padding is null && segments is null && !windowed)
        {
            // A single query sees every key. Equal numbers of queries and keys are the causal case that the operator supports.
            if (queries == 1 || queries == keys)
            {
                return new AttentionMask(null, Causal: queries > 1);
            }
        }

        using DisposeScope scope = NewDisposeScope();
        Tensor visible = windowed && before.IsRagged
            ? VisibleInRows(queries, keys, window!.Value, before, device)
            : Visible(queries, keys, windowed ? window : null, keysWithoutPosition, device);
        if (padding is not null)
        {
            visible = visible.logical_and(padding.ne(Scalars.Of(0)).view(padding.size(0), 1, 1, keys));
        }

        if (segments is not null)
        {
            visible = visible.logical_and(segments.view(-1, 1, queries, 1).eq(segments.view(-1, 1, 1, keys)));
        }

        // With padding on the left, the queries of the padding see no key.
        Tensor hidden = Hide(visible, type);
        if (before is { IsRagged: true, Keys: > 0 })
        {
            // They then weigh the keys of their own row alike, as they do without other rows, and not the places that only other rows have.
            hidden.mul_(ExtendPadding(null, before, keys)!.to(type).mul_(Scalars.Of(-0.5)).add_(Scalars.One, Scalars.One).view(-1, 1, 1, keys));
        }

        return new AttentionMask(hidden.MoveToOuterDisposeScope(), Causal: false);
    }

    /// <summary>Creates the mask of an encoder, in which every token sees every other token.</summary>
    /// <param name="padding">1 for tokens, 0 for padding, [batch, keys]; <see langword="null"/> if there is no padding.</param>
    /// <param name="type">The type of the scores.</param>
    public static AttentionMask Encoder(Tensor? padding, ScalarType type)
    {
        if (padding is null)
        {
            return default;
        }

        using DisposeScope scope = NewDisposeScope();
        Tensor visible = padding.ne(Scalars.Of(0)).view(padding.size(0), 1, 1, padding.size(1));
        visible = visible.logical_or(visible.any(-1, keepdim: true).logical_not());   // a text of padding only sees itself
        return new AttentionMask(Hide(visible, type).MoveToOuterDisposeScope(), Causal: false);
    }

    /// <summary>Adds a bias on the scores to this mask, such as a relative position bias.</summary>
    /// <param name="bias">The bias [1, heads, queries, keys].</param>
    public AttentionMask With(Tensor bias)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor? hidden = Causal ? Hide(Visible(bias.size(2), bias.size(3), null, keysWithoutPosition: 0, bias.device), bias.dtype) : Added;
        return new AttentionMask((hidden is null ? bias.alias() : bias.add(hidden, Scalars.One)).MoveToOuterDisposeScope(), Causal: false);
    }

    /// <summary>Prepends keys that every query sees to this mask.</summary>
    /// <param name="keys">The number of keys.</param>
    internal AttentionMask WithPrefix(int keys) => Added is null || keys == 0 ? this : this with { Added = nn.functional.pad(Added, [keys, 0]) };

    /// <summary>Prepends the keys of prefixes to this mask, hidden from the rows that have fewer of them.</summary>
    /// <param name="before">The keys before the text.</param>
    /// <param name="keys">The number of keys of the text.</param>
    /// <param name="type">The type of the scores.</param>
    internal AttentionMask WithPrefix(RowOffsets before, long keys, ScalarType type)
    {
        if (!before.IsRagged)
        {
            return WithPrefix(before.Prefix.Keys);
        }

        using DisposeScope scope = NewDisposeScope();
        Tensor used = before.Used().narrow(1, 0, before.Prefix.Keys).ne(Scalars.Of(0));
        Tensor prefix = Hide(used.view(used.size(0), 1, 1, used.size(1)), type);
        Tensor text = Added ?? zeros([1, 1, 1, keys], dtype: type, device: prefix.device);
        long heads = text.size(1), queries = text.size(2);
        Tensor whole = cat([prefix.expand(-1, heads, queries, -1), text.expand(prefix.size(0), -1, -1, -1)], 3);
        return this with { Added = whole.MoveToOuterDisposeScope() };
    }

    /// <summary>Prepends ones to a padding mask for virtual tokens or prefix keys, which are never padding.</summary>
    /// <param name="padding">1 for tokens, 0 for padding, [batch, time]; <see langword="null"/> if there is no padding.</param>
    /// <param name="virtualTokens">The number of virtual tokens or keys.</param>
    internal static Tensor? ExtendPadding(Tensor? padding, int virtualTokens) => padding is null || virtualTokens == 0
        ? padding
        : cat([ones(padding.size(0), virtualTokens, dtype: padding.dtype, device: padding.device), padding], 1);

    /// <summary>Prepends what rows use of the places before the text; <see langword="null"/> if nothing is hidden.</summary>
    /// <param name="padding">1 for tokens, 0 for padding, [batch, time]; <see langword="null"/> if there is no padding.</param>
    /// <param name="before">The places before the text.</param>
    /// <param name="keys">The number of all keys, those of the text included.</param>
    internal static Tensor? ExtendPadding(Tensor? padding, RowOffsets before, long keys)
    {
        if (!before.IsRagged)
        {
            return ExtendPadding(padding, before.Keys);
        }

        Tensor used = before.Used();
        return cat([used, padding?.to(ScalarType.Int64) ?? ones(used.size(0), keys - before.Keys, dtype: ScalarType.Int64, device: used.device)], 1);
    }

    private static Tensor Visible(long queries, long keys, int? window, int keysWithoutPosition, Device device)
    {
        Tensor query = Scalars.Range(keys - queries, keys, device).view(1, 1, queries, 1);
        Tensor key = Scalars.Range(0, keys, device).view(1, 1, 1, keys);
        Tensor visible = key.le(query);
        return window is { } width ? visible.logical_and(key.gt(query - Scalars.Of(width)).logical_or(key.lt(Scalars.Of(keysWithoutPosition)))) : visible;
    }

    // In a row, the distance from a key of its prefix does not count the places of virtual tokens that only other rows have.
    private static Tensor VisibleInRows(long queries, long keys, int window, RowOffsets before, Device device)
    {
        Tensor query = Scalars.Range(keys - queries, keys, device).view(1, 1, queries, 1);
        Tensor place = Scalars.Range(0, keys, device).view(1, 1, 1, keys);
        Tensor key = where(place.lt(Scalars.Of(before.Prefix.Keys)), place.add(before.RowGaps, Scalars.One), place);
        return place.le(query).logical_and(key.gt(query - Scalars.Of(window)).logical_or(place.lt(before.EndOfFreeKeys)));
    }

    private static Tensor Hide(Tensor visible, ScalarType type)
    {
        double least = type switch
        {
            ScalarType.Float16 => -65504.0,
            ScalarType.BFloat16 => -3.3895313892515355e38,
            _ => float.MinValue,
        };
        return zeros_like(visible, dtype: type).masked_fill_(visible.logical_not(), Scalars.Of(least));
    }
}
