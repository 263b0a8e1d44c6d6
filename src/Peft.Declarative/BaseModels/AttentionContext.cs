using Peft.Declarative.Slots;
using Peft.Declarative.Slots.Rows;
using static TorchSharp.torch;

namespace Peft.Declarative.BaseModels;

/// <summary>The inputs that all attention layers of one forward pass share.</summary>
public sealed record AttentionContext
{
    /// <summary>The keys that each query sees.</summary>
    public required AttentionMask Mask { get; init; }

    /// <summary>The cosines of the rotary embedding [batch or 1, 1, time, width]; <see langword="null"/> for models without rotary embedding.</summary>
    public Tensor? Cosine { get; init; }

    /// <summary>The sines of the rotary embedding, of the same shape.</summary>
    public Tensor? Sine { get; init; }

    /// <summary>The keys and values of earlier tokens; <see langword="null"/> outside generation.</summary>
    public KeyValueCache? Cache { get; init; }

    /// <summary>The keys and positions before the text.</summary>
    internal RowOffsets Before { get; init; } = RowOffsets.None;

    /// <summary>The encoder's output for cross-attention; <see langword="null"/> for models without an encoder.</summary>
    public EncoderOutput? Source { get; init; }

    /// <summary>The adapters of the rows; <see langword="null"/> if the active ones apply to all rows.</summary>
    internal RowRouting? Routing { get; init; }

    /// <summary>The prefixes of the self-attention of each block; <see langword="null"/> if there are none.</summary>
    internal IReadOnlyList<BlockPrefix>[]? Prefixes { get; init; }

    /// <summary>The prefixes of the cross-attention of each block; <see langword="null"/> if there are none.</summary>
    internal IReadOnlyList<BlockPrefix>[]? CrossPrefixes { get; init; }

    /// <summary>The prefixes of the self-attention of one block.</summary>
    internal IReadOnlyList<BlockPrefix> Prefix { get; private init; } = [];

    /// <summary>The prefixes of the cross-attention of one block.</summary>
    internal IReadOnlyList<BlockPrefix> CrossPrefix { get; private init; } = [];

    /// <summary>All tensors of this context. Gradient checkpointing saves them for the recomputation of a block.</summary>
    internal List<Tensor> Tensors
    {
        get
        {
            List<Tensor> tensors = [];
            foreach (Tensor? tensor in (ReadOnlySpan<Tensor?>)[Mask.Held, Cosine, Sine, Source?.Hidden, Source?.Mask.Added])
            {
                if (tensor is not null)
                {
                    tensors.Add(tensor);
                }
            }

            AddTo(tensors, Prefix);
            AddTo(tensors, CrossPrefix);
            return tensors;
        }
    }

    /// <summary>The context for one block.</summary>
    /// <param name="index">The index of the block in its stack.</param>
    internal AttentionContext Block(int index) => Prefixes is null && CrossPrefixes is null ? this : this with
    {
        Prefix = Prefixes?[index] ?? [],
        CrossPrefix = CrossPrefixes?[index] ?? [],
        Prefixes = null,
        CrossPrefixes = null,
    };

    /// <summary>Prepends the prefixes of the block to the keys and values of its self-attention.</summary>
    /// <param name="hidden">The input of the self-attention [batch, time, hidden].</param>
    /// <param name="keys">The keys of the text [batch, groups, time, width], after rotary embedding.</param>
    /// <param name="values">The values of the text, of the same shape.</param>
    /// <returns>The keys and values [batch, groups or heads, prefix + time, width].</returns>
    public (Tensor Keys, Tensor Values) PrependPrefix(Tensor hidden, Tensor keys, Tensor values) => Prepend(Prefix, hidden, keys, values);

    /// <summary>Prepends the prefixes of the block to the keys and values of its cross-attention.</summary>
    /// <param name="hidden">The input from which the queries are computed [batch, time, hidden].</param>
    /// <param name="keys">The keys of the source [batch, groups, source, width].</param>
    /// <param name="values">The values of the source, of the same shape.</param>
    /// <returns>The keys and values [batch, groups or heads, prefix + source, width].</returns>
    public (Tensor Keys, Tensor Values) PrependCrossPrefix(Tensor hidden, Tensor keys, Tensor values) => Prepend(CrossPrefix, hidden, keys, values);

    /// <summary>Adds a bias that depends on the distance between queries and keys to the mask of this context.</summary>
    /// <param name="past">The number of positions before the first query. In a batch of mixed prefixes, those of the text only.</param>
    /// <param name="time">The number of queries.</param>
    /// <param name="bias">Computes the bias [1, heads, time, keys] from the position of the first query and the number of keys.</param>
    /// <remarks>
    /// Keys of prefixes that occupy no positions still move the keys of the text away from the queries, as in AdapterHub's library, and so rows with different
    /// prefixes have different distances.
    /// </remarks>
    public AttentionContext WithBias(long past, long time, Func<long, long, Tensor> bias)
    {
        ArgumentNullException.ThrowIfNull(bias);
        return this with
        {
            Mask = Mask.With(Before.IsRagged ? BiasOfRows(past, time, bias) : bias(past, Before.Prefix.KeysWithoutPosition + past + time)),
        };
    }

    private Tensor BiasOfRows(long past, long time, Func<long, long, Tensor> bias)
    {
        var kinds = new Tensor[Before.Kinds.Count];
        for (int i = 0; i < kinds.Length; i++)
        {
            kinds[i] = BiasOf(Before.Kinds[i], past, time, bias);
        }

        return kinds.Length == 1 ? kinds[0] : cat(kinds, 0).index_select(0, Before.RowKinds);
    }

    // Between the prefix of a row and its first virtual token are the places of virtual tokens that only other rows have, which no distance counts.
    private Tensor BiasOf((int FreeKeys, int Gap) kind, long past, long time, Func<long, long, Tensor> bias)
    {
        long prefix = Before.Prefix.Keys;
        long first = prefix + past - kind.FreeKeys;
        long keys = prefix + past + time;
        Tensor text = bias(first, keys);
        return kind.Gap == 0 || prefix == 0 ? text : cat([bias(first - kind.Gap, keys).narrow(3, 0, prefix), text.narrow(3, prefix, keys - prefix)], 3);
    }

    /// <summary>
    /// Computes something from the encoder's output. Adapters that depend on all positions of a row then take those of the source and not of the target.
    /// </summary>
    /// <param name="compute">Calls layers with <see cref="EncoderOutput.Hidden"/>.</param>
    public T OfSource<T>(Func<T> compute)
    {
        ArgumentNullException.ThrowIfNull(compute);
        Routing?.ReadSource(true);
        try
        {
            return compute();
        }
        finally
        {
            Routing?.ReadSource(false);
        }
    }

    /// <summary>The same context with other tensors, in the order of <see cref="Tensors"/>.</summary>
    internal AttentionContext WithTensors(IReadOnlyList<Tensor> tensors)
    {
        int next = 0;
        Tensor? Take(Tensor? present) => present is null ? null : tensors[next++];
        return this with
        {
            Mask = Mask with { Added = Take(Mask.Held) },
            Cosine = Take(Cosine),
            Sine = Take(Sine),
            Source = Source is null ? null : Source with { Hidden = Take(Source.Hidden)!, Mask = Source.Mask with { Added = Take(Source.Mask.Added) } },
            Prefix = With(Prefix, tensors, ref next),
            CrossPrefix = With(CrossPrefix, tensors, ref next),
        };
    }

    private static void AddTo(List<Tensor> tensors, IReadOnlyList<BlockPrefix> prefixes)
    {
        for (int i = 0; i < prefixes.Count; i++)
        {
            tensors.AddRange([prefixes[i].Keys, prefixes[i].Values]);
        }
    }

    private static IReadOnlyList<BlockPrefix> With(IReadOnlyList<BlockPrefix> prefixes, IReadOnlyList<Tensor> tensors, ref int next)
    {
        if (prefixes.Count == 0)
        {
            return prefixes;
        }

        var others = new BlockPrefix[prefixes.Count];
        for (int i = 0; i < others.Length; i++)
        {
            others[i] = prefixes[i] with { Keys = tensors[next], Values = tensors[next + 1] };
            next += 2;
        }

        return others;
    }

    private static (Tensor Keys, Tensor Values) Prepend(IReadOnlyList<BlockPrefix> prefixes, Tensor hidden, Tensor keys, Tensor values)
    {
        if (prefixes.Count == 0)
        {
            return (keys, values);
        }

        // The prefixes of AdapterHub have a key for every query head, even if the keys of the text serve groups of heads.
        long heads = keys.size(1);
        for (int i = 0; i < prefixes.Count; i++)
        {
            heads = Math.Max(heads, prefixes[i].Keys.size(1));
        }

        (Tensor Keys, Tensor Values) before = BlockPrefix.Of(prefixes, hidden, heads);
        return (cat([before.Keys, Attention.RepeatHeads(keys, heads)], 2), cat([before.Values, Attention.RepeatHeads(values, heads)], 2));
    }
}
