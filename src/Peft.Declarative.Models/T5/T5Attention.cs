using Peft.Declarative.BaseModels;
using Peft.Declarative.Layers;
using Peft.Declarative.Slots;
using static TorchSharp.torch;

namespace Peft.Declarative.Models;

/// <summary>Attention without scaling and biases, over the text's own tokens or, in a decoder, over the encoded source.</summary>
public sealed class T5Attention : SlotHost, IAttention
{
    private readonly T5Config _config;
    private readonly int _index;
    private readonly AttentionKind _kind;
    private nn.Module<Tensor, Tensor> _query;
    private nn.Module<Tensor, Tensor> _key;
    private nn.Module<Tensor, Tensor> _value;
    private nn.Module<Tensor, Tensor> _output;
    private nn.Module<Tensor, Tensor>? _bias;

    internal T5Attention(T5Config config, int index, AttentionKind kind)
        : base(nameof(T5Attention))
    {
        _config = config;
        _index = index;
        _kind = kind;
        long inner = (long)config.HeadCount * config.HeadSize;
        q = _query = new Linear(config.HiddenSize, inner, hasBias: false);
        k = _key = new Linear(config.HiddenSize, inner, hasBias: false);
        v = _value = new Linear(config.HiddenSize, inner, hasBias: false);
        o = _output = new Linear(inner, config.HiddenSize, hasBias: false);
        if (index == 0 && kind != AttentionKind.Cross)
        {
            relative_attention_bias = new Embedding(config.BucketCount, config.HeadCount);
        }
    }

    /// <summary>Query projection.</summary>
    [Slot("num_heads*d_kv", "d_model")]
    public nn.Module<Tensor, Tensor> q
    {
        get => _query;
        set => Fill(ref _query, value);
    }

    /// <summary>Key projection.</summary>
    [Slot("num_heads*d_kv", "d_model")]
    public nn.Module<Tensor, Tensor> k
    {
        get => _key;
        set => Fill(ref _key, value);
    }

    /// <summary>Value projection.</summary>
    [Slot("num_heads*d_kv", "d_model")]
    public nn.Module<Tensor, Tensor> v
    {
        get => _value;
        set => Fill(ref _value, value);
    }

    /// <summary>Output projection.</summary>
    [Slot("d_model", "num_heads*d_kv")]
    public nn.Module<Tensor, Tensor> o
    {
        get => _output;
        set => Fill(ref _output, value);
    }

    // No [Slot]: only the first block of each stack has this table, and slots are counted for every block.
    /// <summary>Classes of distances to a bias for each head; in the first block only, and for all of them.</summary>
    public nn.Module<Tensor, Tensor>? relative_attention_bias
    {
        get => _bias;
        set => Fill(ref _bias!, value!);
    }

    AttentionKind IAttention.Attention => _kind;

    /// <summary>Attention over the text's own tokens [batch, time, hidden], and with a cache over those before.</summary>
    internal Tensor Self(Tensor hidden, AttentionContext context)
    {
        using DisposeScope scope = NewDisposeScope();
        (Tensor keys, Tensor values) = Project(hidden);
        (keys, values) = context.BehindPrefix(hidden, keys, values);
        if (context.Cache is { } cache)
        {
            (keys, values) = cache.Append(_index, keys, values);
        }

        return Attend(hidden, keys, values, context.Mask).MoveToOuterDisposeScope();
    }

    /// <summary>Attention over the encoded source, whose keys and values are projected once per generation.</summary>
    internal Tensor Cross(Tensor hidden, AttentionContext context)
    {
        using DisposeScope scope = NewDisposeScope();
        EncoderOutput source = context.Source!;
        if (source.Cache?.Stored(_index) is { } stored)
        {
            return Attend(hidden, stored.Keys, stored.Values, source.Mask).MoveToOuterDisposeScope();
        }

        (Tensor keys, Tensor values) = Project(source.Hidden);
        (keys, values) = context.BehindCrossPrefix(hidden, keys, values);
        source.Cache?.Append(_index, keys, values);
        return Attend(hidden, keys, values, source.Mask).MoveToOuterDisposeScope();
    }

    /// <summary>The bias on the scores [1, heads, queries, keys] of a stack whose first block this is.</summary>
    /// <param name="hidden">Hidden states of the queries [batch, queries, hidden], for their type and device.</param>
    /// <param name="first">Position of the first query.</param>
    /// <param name="keys">Number of keys.</param>
    /// <param name="bothWays">Whether queries see keys after them.</param>
    internal Tensor Bias(Tensor hidden, long first, long keys, bool bothWays)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor buckets = RelativePositions.Buckets(first, hidden.size(1), keys, bothWays, _config.BucketCount, _config.MaxDistance, hidden.device);
        return _bias!.call(buckets).permute(2, 0, 1).unsqueeze(0).to(hidden.dtype).MoveToOuterDisposeScope();
    }

    private (Tensor Keys, Tensor Values) Project(Tensor hidden) =>
        (Attention.SplitHeads(_key.call(hidden), _config.HeadCount), Attention.SplitHeads(_value.call(hidden), _config.HeadCount));

    private Tensor Attend(Tensor hidden, Tensor keys, Tensor values, AttentionMask mask)
    {
        Tensor queries = Attention.SplitHeads(_query.call(hidden), _config.HeadCount);
        Tensor seen = Attention.Apply(queries, keys, values, mask, scale: 1.0, training ? _config.Dropout : 0);
        return _output.call(Attention.JoinHeads(seen));
    }
}
