using static TorchSharp.torch;

namespace Peft.Declarative.BaseModels;

/// <summary>
/// Which keys each query may see. The common case, causal attention without padding, needs no tensor; else a float mask is added to the
/// scores, with the type's least value instead of −∞, so that a query that sees nothing gives numbers and not NaN.
/// </summary>
/// <param name="Added">[batch or 1, heads or 1, queries or 1, keys], or null.</param>
/// <param name="Causal">Whether the operator is to hide later keys itself; only without <paramref name="Added"/>.</param>
public readonly record struct AttentionMask(Tensor? Added, bool Causal)
{
    /// <summary>The mask of a decoder.</summary>
    /// <param name="padding">1 for keys that count, 0 for padding, [batch, keys]; null if all count.</param>
    /// <param name="queries">Number of queries; they are the last of the keys.</param>
    /// <param name="keys">Number of keys.</param>
    /// <param name="window">Keys at this distance and further back are hidden; null for none.</param>
    /// <param name="type">Type of the scores.</param>
    /// <param name="device">Where the scores are.</param>
    /// <param name="unplaced">Number of first keys that the window never hides.</param>
    /// <param name="segments">
    /// For each token a number of the text that it belongs to, [batch, keys], as many as queries; other texts are hidden. Null if a row is one text.
    /// </param>
    public static AttentionMask Decoder(
        Tensor? padding, long queries, long keys, int? window, ScalarType type, Device device, int unplaced = 0, Tensor? segments = null)
    {
        bool windowed = window < keys;
        if (padding is null && segments is null && !windowed)
        {
            // One query sees every key; as many queries as keys is the operator's own causal case.
            if (queries == 1 || queries == keys)
            {
                return new AttentionMask(null, Causal: queries > 1);
            }
        }

        using DisposeScope scope = NewDisposeScope();
        Tensor visible = Visible(queries, keys, windowed ? window : null, unplaced, device);
        if (padding is not null)
        {
            visible = visible.logical_and(padding.ne(0).view(padding.size(0), 1, 1, keys));
        }

        if (segments is not null)
        {
            visible = visible.logical_and(segments.view(-1, 1, queries, 1).eq(segments.view(-1, 1, 1, keys)));
        }

        return new AttentionMask(Hide(visible, type).MoveToOuterDisposeScope(), Causal: false);
    }

    /// <summary>The mask of an encoder, in which every token sees every other one.</summary>
    /// <param name="padding">1 for keys that count, 0 for padding, [batch, keys]; null if all count.</param>
    /// <param name="type">Type of the scores.</param>
    public static AttentionMask Encoder(Tensor? padding, ScalarType type)
    {
        if (padding is null)
        {
            return default;
        }

        using DisposeScope scope = NewDisposeScope();
        Tensor visible = padding.ne(0).view(padding.size(0), 1, 1, padding.size(1));
        return new AttentionMask(Hide(visible, type).MoveToOuterDisposeScope(), Causal: false);
    }

    /// <summary>This mask with a bias on the scores, such as one that depends on the distance between query and key.</summary>
    /// <param name="bias">[1, heads, queries, keys].</param>
    public AttentionMask With(Tensor bias)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor? hidden = Causal ? Hide(Visible(bias.size(2), bias.size(3), null, unplaced: 0, bias.device), bias.dtype) : Added;
        return new AttentionMask((hidden is null ? bias.alias() : bias + hidden).MoveToOuterDisposeScope(), Causal: false);
    }

    /// <summary>This mask with keys before the others that every query sees.</summary>
    /// <param name="keys">Number of keys.</param>
    internal AttentionMask Behind(int keys) => Added is null || keys == 0 ? this : this with { Added = nn.functional.pad(Added, [keys, 0]) };

    /// <summary>The padding of a text behind learned tokens or keys, which are never padding.</summary>
    /// <param name="padding">1 for tokens, 0 for padding, [batch, time]; null if nothing is padded.</param>
    /// <param name="learned">How many stand before.</param>
    internal static Tensor? Behind(Tensor? padding, int learned) => padding is null || learned == 0
        ? padding
        : cat([ones(padding.size(0), learned, dtype: padding.dtype, device: padding.device), padding], 1);

    private static Tensor Visible(long queries, long keys, int? window, int unplaced, Device device)
    {
        Tensor query = arange(keys - queries, keys, dtype: ScalarType.Int64, device: device).view(1, 1, queries, 1);
        Tensor key = arange(keys, dtype: ScalarType.Int64, device: device).view(1, 1, 1, keys);
        Tensor visible = key.le(query);
        return window is { } width ? visible.logical_and(key.gt(query - width).logical_or(key.lt(unplaced))) : visible;
    }

    private static Tensor Hide(Tensor visible, ScalarType type)
    {
        double least = type switch
        {
            ScalarType.Float16 => -65504.0,
            ScalarType.BFloat16 => -3.3895313892515355e38,
            _ => float.MinValue,
        };
        return zeros(visible.shape, dtype: type, device: visible.device).masked_fill_(visible.logical_not(), least);
    }
}
