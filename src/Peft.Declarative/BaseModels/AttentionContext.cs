using Peft.Declarative.Slots;
using static TorchSharp.torch;

namespace Peft.Declarative.BaseModels;

/// <summary>What all attention layers of one forward pass share.</summary>
public sealed record AttentionContext
{
    /// <summary>Which keys each query may see.</summary>
    public required AttentionMask Mask { get; init; }

    /// <summary>Cosines of the rotary embedding [batch or 1, 1, time, width]; null for models with learned positions.</summary>
    public Tensor? Cosine { get; init; }

    /// <summary>Sines of the rotary embedding, same shape.</summary>
    public Tensor? Sine { get; init; }

    /// <summary>Keys and values of earlier tokens; null outside generation.</summary>
    public KeyValueCache? Cache { get; init; }

    /// <summary>Keys at the front that take no positions from the text.</summary>
    public int UnplacedKeys { get; init; }

    /// <summary>What the blocks of a decoder read besides their own tokens; null where there is no encoder.</summary>
    public EncoderOutput? Source { get; init; }

    /// <summary>For each block the prefixes of its self-attention; null if there are none.</summary>
    internal IReadOnlyList<BlockPrefix>[]? Prefixes { get; init; }

    /// <summary>For each block the prefixes of its cross-attention; null if there are none.</summary>
    internal IReadOnlyList<BlockPrefix>[]? CrossPrefixes { get; init; }

    /// <summary>The prefixes of one block's self-attention.</summary>
    internal IReadOnlyList<BlockPrefix> Prefix { get; private init; } = [];

    /// <summary>The prefixes of one block's cross-attention.</summary>
    internal IReadOnlyList<BlockPrefix> CrossPrefix { get; private init; } = [];

    /// <summary>The tensors in here, which a block that is run again in backward needs again.</summary>
    internal List<Tensor> Tensors =>
    [
        .. new[] { Mask.Added, Cosine, Sine, Source?.Hidden, Source?.Mask.Added }.OfType<Tensor>(),
        .. Prefix.Concat(CrossPrefix).SelectMany(prefix => new[] { prefix.Keys, prefix.Values }),
    ];

    /// <summary>What one block needs of this.</summary>
    /// <param name="index">Number of the block in its stack.</param>
    internal AttentionContext Block(int index) => Prefixes is null && CrossPrefixes is null ? this : this with
    {
        Prefix = Prefixes?[index] ?? [],
        CrossPrefix = CrossPrefixes?[index] ?? [],
        Prefixes = null,
        CrossPrefixes = null,
    };

    /// <summary>The text's keys and values behind those of the block's prefixes.</summary>
    /// <param name="hidden">What the self-attention reads [batch, time, hidden].</param>
    /// <param name="keys">The text's keys [batch, groups, time, width], rotated where keys are.</param>
    /// <param name="values">Same shape.</param>
    public (Tensor Keys, Tensor Values) BehindPrefix(Tensor hidden, Tensor keys, Tensor values) => Behind(Prefix, hidden, keys, values);

    /// <summary>The source's keys and values behind those of the block's prefixes for cross-attention.</summary>
    /// <param name="hidden">What the cross-attention's queries are made of [batch, time, hidden].</param>
    /// <param name="keys">The source's keys [batch, groups, source, width].</param>
    /// <param name="values">Same shape.</param>
    public (Tensor Keys, Tensor Values) BehindCrossPrefix(Tensor hidden, Tensor keys, Tensor values) => Behind(CrossPrefix, hidden, keys, values);

    /// <summary>The same context around other handles of <see cref="Tensors"/>, in that order.</summary>
    internal AttentionContext Around(IReadOnlyList<Tensor> tensors)
    {
        int next = 0;
        Tensor? Take(Tensor? present) => present is null ? null : tensors[next++];
        return this with
        {
            Mask = Mask with { Added = Take(Mask.Added) },
            Cosine = Take(Cosine),
            Sine = Take(Sine),
            Source = Source is null ? null : Source with { Hidden = Take(Source.Hidden)!, Mask = Source.Mask with { Added = Take(Source.Mask.Added) } },
            Prefix = [.. Prefix.Select(prefix => prefix with { Keys = Take(prefix.Keys)!, Values = Take(prefix.Values)! })],
            CrossPrefix = [.. CrossPrefix.Select(prefix => prefix with { Keys = Take(prefix.Keys)!, Values = Take(prefix.Values)! })],
        };
    }

    private static (Tensor Keys, Tensor Values) Behind(IReadOnlyList<BlockPrefix> prefixes, Tensor hidden, Tensor keys, Tensor values)
    {
        if (prefixes.Count == 0)
        {
            return (keys, values);
        }

        // Some prefixes have keys for every head of the queries, though the text's serve groups of them.
        long heads = prefixes.Select(prefix => prefix.Keys.size(1)).Append(keys.size(1)).Max();
        (Tensor Keys, Tensor Values)[] parts = [.. prefixes.Select(prefix => prefix.For(hidden)), (keys, values)];
        return (
            cat([.. parts.Select(part => Attention.RepeatHeads(part.Keys, heads))], 2),
            cat([.. parts.Select(part => Attention.RepeatHeads(part.Values, heads))], 2));
    }
}
