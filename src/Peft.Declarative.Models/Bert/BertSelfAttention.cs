using Peft.Declarative.BaseModels;
using Peft.Declarative.Layers;
using Peft.Declarative.Slots;
using Peft.Declarative.Slots.Products;

namespace Peft.Declarative.Models;

/// <summary>Bidirectional self-attention without its output projection.</summary>
public sealed class BertSelfAttention : SlotHost, IAttention
{
    private readonly BertConfig _config;

    internal BertSelfAttention(BertConfig config)
        : base(nameof(BertSelfAttention))
    {
        _config = config;
        query = new Linear(config.HiddenSize, config.HiddenSize, hasBias: true);
        key = new Linear(config.HiddenSize, config.HiddenSize, hasBias: true);
        value = new Linear(config.HiddenSize, config.HiddenSize, hasBias: true);
    }

    /// <summary>Query projection.</summary>
    [Slot("hidden_size", "hidden_size", Bias = "true")]
    public nn.Module<Tensor, Tensor> query { get; set => Fill(ref field, value); }

    /// <summary>Key projection.</summary>
    [Slot("hidden_size", "hidden_size", Bias = "true")]
    public nn.Module<Tensor, Tensor> key { get; set => Fill(ref field, value); }

    /// <summary>Value projection.</summary>
    [Slot("hidden_size", "hidden_size", Bias = "true")]
    public nn.Module<Tensor, Tensor> value { get; set => Fill(ref field, value); }

    AttentionKind IAttention.Attention => AttentionKind.Encoder;

    internal Tensor Forward(Tensor hidden, AttentionContext context)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor[] projections = SharedInput.Call(hidden, query, key, value);
        Tensor queries = Attention.SplitHeads(projections[0], _config.HeadCount);
        Tensor keys = Attention.SplitHeads(projections[1], _config.HeadCount);
        Tensor values = Attention.SplitHeads(projections[2], _config.HeadCount);
        (keys, values) = context.PrependPrefix(hidden, keys, values);
        double dropout = training ? _config.AttentionDropout : 0;
        Tensor seen = Attention.Apply(queries, keys, values, context.Mask, 1.0 / Math.Sqrt(_config.HeadSize), dropout);
        return Attention.JoinHeads(seen).MoveToOuterDisposeScope();
    }
}
