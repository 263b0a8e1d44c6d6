using Peft.Declarative.BaseModels;
using Peft.Declarative.Layers;
using Peft.Declarative.Slots;
using Peft.Declarative.Slots.Products;

namespace Peft.Declarative.Models;

/// <summary>Self-attention or cross-attention without scaling and biases.</summary>
public sealed class T5Attention : SlotHost, IAttention
{
    private readonly T5Config _config;
    private readonly int _index;
    private readonly AttentionKind _kind;

    internal T5Attention(T5Config config, int index, AttentionKind kind)
        : base(nameof(T5Attention))
    {
        _config = config;
        _index = index;
        _kind = kind;
        long inner = (long)config.HeadCount * config.HeadSize;
        q = new Linear(config.HiddenSize, inner, hasBias: false);
        k = new Linear(config.HiddenSize, inner, hasBias: false);
        v = new Linear(config.HiddenSize, inner, hasBias: false);
        o = new Linear(inner, config.HiddenSize, hasBias: false);
        if (index == 0 && kind != AttentionKind.Cross)
        {
            relative_attention_bias = new Embedding(config.BucketCount, config.HeadCount);
        }
    }

    /// <summary>Query projection.</summary>
    [Slot("num_heads*d_kv", "d_model")]
    public nn.Module<Tensor, Tensor> q { get; set => Fill(ref field, value); }

    /// <summary>Key projection.</summary>
    [Slot("num_heads*d_kv", "d_model")]
    public nn.Module<Tensor, Tensor> k { get; set => Fill(ref field, value); }

    /// <summary>Value projection.</summary>
    [Slot("num_heads*d_kv", "d_model")]
    public nn.Module<Tensor, Tensor> v { get; set => Fill(ref field, value); }

    /// <summary>Output projection.</summary>
    [Slot("d_model", "num_heads*d_kv")]
    public nn.Module<Tensor, Tensor> o { get; set => Fill(ref field, value); }

    // This property has no [Slot] because slots are counted for every block, and only the first block of each stack has this table.
    /// <summary>The relative position bias [buckets, heads]. Only the first block of a stack has it; all blocks use it.</summary>
    public nn.Module<Tensor, Tensor>? relative_attention_bias { get; set => Fill(ref field!, value!); }

    AttentionKind IAttention.Attention => _kind;

    /// <summary>Computes self-attention [batch, time, heads · width] up to the output projection, including the cached tokens.</summary>
    internal Tensor Self(Tensor hidden, AttentionContext context)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor[] projections = SharedInput.Call(hidden, q, k, v);
        (Tensor keys, Tensor values) = (Heads(projections[1]), Heads(projections[2]));
        (keys, values) = context.PrependPrefix(hidden, keys, values);
        if (context.Cache is { } cache)
        {
            (keys, values) = cache.Append(_index, keys, values);
        }

        return Attend(projections[0], keys, values, context.Mask).MoveToOuterDisposeScope();
    }

    /// <summary>Computes cross-attention [batch, time, heads · width] up to the output projection. In generation, the keys and values of the source are projected only once.</summary>
    internal Tensor Cross(Tensor hidden, AttentionContext context)
    {
        using DisposeScope scope = NewDisposeScope();
        EncoderOutput source = context.Source!;
        if (source.Cache?.Stored(_index) is { } stored)
        {
            return Attend(q.call(hidden), stored.Keys, stored.Values, source.Mask).MoveToOuterDisposeScope();
        }

        (Tensor keys, Tensor values) = context.OfSource(() => Project(source.Hidden));
        (keys, values) = context.PrependCrossPrefix(hidden, keys, values);
        source.Cache?.Append(_index, keys, values);
        return Attend(q.call(hidden), keys, values, source.Mask).MoveToOuterDisposeScope();
    }

    /// <summary>Computes the relative position bias [1, heads, queries, keys] of the stack.</summary>
    /// <param name="hidden">The hidden states of the queries [batch, queries, hidden], which determine the type and device.</param>
    /// <param name="first">The position of the first query.</param>
    /// <param name="keys">The number of keys.</param>
    /// <param name="bothWays">Whether queries see keys after them.</param>
    internal Tensor Bias(Tensor hidden, long first, long keys, bool bothWays)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor buckets = RelativePositions.Buckets(first, hidden.size(1), keys, bothWays, _config.BucketCount, _config.MaxDistance, hidden.device);
        Tensor bias = relative_attention_bias!.call(buckets.view(1, -1));   // of one row for all, or of each row of a batch of mixed adapters
        return bias.view(bias.size(0), buckets.size(0), buckets.size(1), -1).permute(0, 3, 1, 2).to(hidden.dtype).MoveToOuterDisposeScope();
    }

    private (Tensor Keys, Tensor Values) Project(Tensor source)
    {
        Tensor[] projections = SharedInput.Call(source, k, v);
        return (Heads(projections[0]), Heads(projections[1]));
    }

    private Tensor Heads(Tensor projection) => Attention.SplitHeads(projection, _config.HeadCount);

    private Tensor Attend(Tensor queries, Tensor keys, Tensor values, AttentionMask mask) =>
        Attention.JoinHeads(Attention.Apply(Heads(queries), keys, values, mask, scale: 1.0, training ? _config.Dropout : 0));
}
