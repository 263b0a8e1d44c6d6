using Peft.Declarative.BaseModels;
using Peft.Declarative.Layers;
using Peft.Declarative.Slots;

namespace Peft.Declarative.Models;

/// <summary>Causal self-attention with a fused projection for query, key and value.</summary>
public sealed class Gpt2Attention : SlotHost, IAttention
{
    private readonly int _heads;
    private readonly int _index;
    private readonly double _scale;

    internal Gpt2Attention(Gpt2Config config, int index)
        : base(nameof(Gpt2Attention))
    {
        _heads = config.HeadCount;
        _index = index;
        _scale = (config.ScaleScores ? 1.0 / Math.Sqrt(config.HeadSize) : 1.0) / (config.ScaleByLayer ? index + 1 : 1);
        c_attn = new Conv1D(config.HiddenSize, 3L * config.HiddenSize);
        c_proj = new Conv1D(config.HiddenSize, config.HiddenSize);
    }

    /// <summary>The query, key and value projections, concatenated [hidden, 3 · hidden].</summary>
    [Slot("3*n_embd", "n_embd", Kind = LayerKind.Conv1D, Bias = "true")]
    public nn.Module<Tensor, Tensor> c_attn { get; set => Fill(ref field, value); }

    /// <summary>Output projection.</summary>
    [Slot("n_embd", "n_embd", Kind = LayerKind.Conv1D, Bias = "true")]
    public nn.Module<Tensor, Tensor> c_proj { get; set => Fill(ref field, value); }

    AttentionKind IAttention.Attention => AttentionKind.Decoder;

    /// <summary>Computes the input of the output projection.</summary>
    internal Tensor Attend(Tensor hidden, AttentionContext context)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor[] parts = c_attn.call(hidden).chunk(3, -1);
        Tensor queries = Split(parts[0]);
        Tensor keys = Split(parts[1]);
        Tensor values = Split(parts[2]);
        (keys, values) = context.PrependPrefix(hidden, keys, values);
        if (context.Cache is { } cache)
        {
            (keys, values) = cache.Append(_index, keys, values);
        }

        Tensor seen = Attention.Apply(queries, keys, values, context.Mask, _scale);
        return Attention.JoinHeads(seen).MoveToOuterDisposeScope();
    }

    private Tensor Split(Tensor part) => Attention.SplitHeads(part, _heads);
}
