using Peft.Declarative.BaseModels;
using Peft.Declarative.Layers;
using Peft.Declarative.Slots;
using Peft.Declarative.Slots.Products;

namespace Peft.Declarative.Models;

/// <summary>Causal self-attention with rotary position embedding and grouped key-value heads.</summary>
public sealed class LlamaAttention : SlotHost, IAttention
{
    private readonly LlamaConfig _config;
    private readonly int _index;

    internal LlamaAttention(LlamaConfig config, int index)
        : base(nameof(LlamaAttention))
    {
        _config = config;
        _index = index;
        long queries = (long)config.HeadCount * config.HeadSize;
        long keys = (long)config.KeyValueHeadCount * config.HeadSize;
        q_proj = new Linear(config.HiddenSize, queries, config.QueryKeyValueBias);
        k_proj = new Linear(config.HiddenSize, keys, config.QueryKeyValueBias);
        v_proj = new Linear(config.HiddenSize, keys, config.QueryKeyValueBias);
        o_proj = new Linear(queries, config.HiddenSize, config.OutputBias);
    }

    /// <summary>Query projection.</summary>
    [Slot("num_attention_heads*head_dim", "hidden_size", Bias = "qkv_bias")]
    public nn.Module<Tensor, Tensor> q_proj { get; set => Fill(ref field, value); }

    /// <summary>Key projection.</summary>
    [Slot("num_key_value_heads*head_dim", "hidden_size", Bias = "qkv_bias")]
    public nn.Module<Tensor, Tensor> k_proj { get; set => Fill(ref field, value); }

    /// <summary>Value projection.</summary>
    [Slot("num_key_value_heads*head_dim", "hidden_size", Bias = "qkv_bias")]
    public nn.Module<Tensor, Tensor> v_proj { get; set => Fill(ref field, value); }

    /// <summary>Output projection.</summary>
    [Slot("hidden_size", "num_attention_heads*head_dim", Bias = "attention_bias")]
    public nn.Module<Tensor, Tensor> o_proj { get; set => Fill(ref field, value); }

    AttentionKind IAttention.Attention => AttentionKind.Decoder;

    /// <summary>Computes the input of the output projection.</summary>
    internal Tensor Attend(Tensor hidden, AttentionContext context)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor[] projections = SharedInput.Call(hidden, q_proj, k_proj, v_proj);
        (Tensor queries, Tensor keys) = RotaryEmbedding.RotateHeads(
            projections[0], _config.HeadCount, projections[1], _config.KeyValueHeadCount, context.Cosine!, context.Sine!);
        Tensor values = Attention.SplitHeads(projections[2], _config.KeyValueHeadCount);
        (keys, values) = context.PrependPrefix(hidden, keys, values);
        if (context.Cache is { } cache)
        {
            (keys, values) = cache.Append(_index, keys, values);
        }

        Tensor seen = Attention.Apply(queries, keys, values, context.Mask, 1.0 / Math.Sqrt(_config.HeadSize));
        return Attention.JoinHeads(seen).MoveToOuterDisposeScope();
    }
}
