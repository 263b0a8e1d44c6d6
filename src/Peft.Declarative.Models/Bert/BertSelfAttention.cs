using Peft.Declarative.BaseModels;
using Peft.Declarative.Layers;
using Peft.Declarative.Slots;
using static TorchSharp.torch;

namespace Peft.Declarative.Models;

/// <summary>Self-attention in which every token sees every other one, without its output projection.</summary>
public sealed class BertSelfAttention : SlotHost, IAttention
{
    private readonly BertConfig _config;
    private nn.Module<Tensor, Tensor> _query;
    private nn.Module<Tensor, Tensor> _key;
    private nn.Module<Tensor, Tensor> _value;

    internal BertSelfAttention(BertConfig config)
        : base(nameof(BertSelfAttention))
    {
        _config = config;
        query = _query = new Linear(config.HiddenSize, config.HiddenSize, hasBias: true);
        key = _key = new Linear(config.HiddenSize, config.HiddenSize, hasBias: true);
        value = _value = new Linear(config.HiddenSize, config.HiddenSize, hasBias: true);
    }

    /// <summary>Query projection.</summary>
    [Slot("hidden_size", "hidden_size", Bias = "true")]
    public nn.Module<Tensor, Tensor> query
    {
        get => _query;
        set => Fill(ref _query, value);
    }

    /// <summary>Key projection.</summary>
    [Slot("hidden_size", "hidden_size", Bias = "true")]
    public nn.Module<Tensor, Tensor> key
    {
        get => _key;
        set => Fill(ref _key, value);
    }

    /// <summary>Value projection.</summary>
    [Slot("hidden_size", "hidden_size", Bias = "true")]
    public nn.Module<Tensor, Tensor> value
    {
        get => _value;
        set => Fill(ref _value, value);
    }

    AttentionKind IAttention.Attention => AttentionKind.Encoder;

    internal Tensor Forward(Tensor hidden, AttentionContext context)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor queries = Attention.SplitHeads(_query.call(hidden), _config.HeadCount);
        Tensor keys = Attention.SplitHeads(_key.call(hidden), _config.HeadCount);
        Tensor values = Attention.SplitHeads(_value.call(hidden), _config.HeadCount);
        (keys, values) = context.BehindPrefix(hidden, keys, values);
        double dropout = training ? _config.AttentionDropout : 0;
        Tensor seen = Attention.Apply(queries, keys, values, context.Mask, 1.0 / Math.Sqrt(_config.HeadSize), dropout);
        return Attention.JoinHeads(seen).MoveToOuterDisposeScope();
    }
}
