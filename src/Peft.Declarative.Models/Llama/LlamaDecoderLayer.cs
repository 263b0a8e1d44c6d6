using Peft.Declarative.BaseModels;
using Peft.Declarative.Layers;
using Peft.Declarative.Slots;
using Peft.Declarative.Slots.Sublayers;
using static TorchSharp.torch;

namespace Peft.Declarative.Models;

/// <summary>One block: attention and feed-forward, each behind a norm and beside a residual.</summary>
public sealed class LlamaDecoderLayer : SlotHost
{
    private nn.Module<Tensor, Tensor> _inputNorm;
    private nn.Module<Tensor, Tensor> _attentionNorm;

    internal LlamaDecoderLayer(LlamaConfig config, int index)
        : base(nameof(LlamaDecoderLayer))
    {
        self_attn = new LlamaAttention(config, index);
        register_module(nameof(self_attn), self_attn);
        mlp = new LlamaMlp(config);
        register_module(nameof(mlp), mlp);
        input_layernorm = _inputNorm = new RmsNorm(config.HiddenSize, config.NormEpsilon);
        post_attention_layernorm = _attentionNorm = new RmsNorm(config.HiddenSize, config.NormEpsilon);
        attention_adapters = new SublayerSlot(SublayerKind.Attention, config.HiddenSize, (WeightLayer)_inputNorm);
        register_module(nameof(attention_adapters), attention_adapters);
        output_adapters = new SublayerSlot(SublayerKind.FeedForward, config.HiddenSize, (WeightLayer)_attentionNorm);
        register_module(nameof(output_adapters), output_adapters);
    }

    /// <summary>Self-attention.</summary>
    public LlamaAttention self_attn { get; }

    /// <summary>Feed-forward network.</summary>
    public LlamaMlp mlp { get; }

    /// <summary>The norm before attention.</summary>
    [Slot("hidden_size", Kind = LayerKind.Norm)]
    public nn.Module<Tensor, Tensor> input_layernorm
    {
        get => _inputNorm;
        set => Fill(ref _inputNorm, value);
    }

    /// <summary>The norm before the feed-forward network.</summary>
    [Slot("hidden_size", Kind = LayerKind.Norm)]
    public nn.Module<Tensor, Tensor> post_attention_layernorm
    {
        get => _attentionNorm;
        set => Fill(ref _attentionNorm, value);
    }

    /// <summary>Adapters after attention.</summary>
    [Sublayer(SublayerKind.Attention, "hidden_size")]
    public SublayerSlot attention_adapters { get; }

    /// <summary>Adapters after the feed-forward network.</summary>
    [Sublayer(SublayerKind.FeedForward, "hidden_size")]
    public SublayerSlot output_adapters { get; }

    internal Tensor Forward(Tensor hidden, AttentionContext context)
    {
        using DisposeScope scope = NewDisposeScope();
        hidden = attention_adapters.Join(self_attn.Forward(_inputNorm.call(hidden), context), hidden);
        hidden = output_adapters.Join(mlp.Forward(_attentionNorm.call(hidden)), hidden);
        return hidden.MoveToOuterDisposeScope();
    }
}
