using Peft.Declarative.BaseModels;
using Peft.Declarative.Layers;
using Peft.Declarative.Slots;
using Peft.Declarative.Slots.Sublayers;

namespace Peft.Declarative.Models;

/// <summary>A block: an attention and a feed-forward sublayer, each with a preceding norm and a residual connection.</summary>
public sealed class LlamaDecoderLayer : SlotHost
{
    internal LlamaDecoderLayer(LlamaConfig config, int index)
        : base(nameof(LlamaDecoderLayer))
    {
        self_attn = new LlamaAttention(config, index);
        register_module(nameof(self_attn), self_attn);
        mlp = new LlamaMlp(config);
        register_module(nameof(mlp), mlp);
        input_layernorm = new RmsNorm(config.HiddenSize, config.NormEpsilon);
        post_attention_layernorm = new RmsNorm(config.HiddenSize, config.NormEpsilon);
        attention_adapters = new SublayerSlot(SublayerKind.Attention, config.HiddenSize, (WeightLayer)input_layernorm);
        register_module(nameof(attention_adapters), attention_adapters);
        output_adapters = new SublayerSlot(SublayerKind.FeedForward, config.HiddenSize, (WeightLayer)post_attention_layernorm);
        register_module(nameof(output_adapters), output_adapters);
        Branches =
        [
            new ResidualBranch((hidden, context) => self_attn.Attend(input_layernorm.call(hidden), context), () => self_attn.o_proj, attention_adapters),
            new ResidualBranch((hidden, _) => mlp.Inner(post_attention_layernorm.call(hidden)), () => mlp.down_proj, output_adapters),
        ];
    }

    /// <summary>Self-attention.</summary>
    public LlamaAttention self_attn { get; }

    /// <summary>Feed-forward network.</summary>
    public LlamaMlp mlp { get; }

    /// <summary>The norm before attention.</summary>
    [Slot("hidden_size", Kind = LayerKind.Norm)]
    public nn.Module<Tensor, Tensor> input_layernorm { get; set => Fill(ref field, value); }

    /// <summary>The norm before the feed-forward network.</summary>
    [Slot("hidden_size", Kind = LayerKind.Norm)]
    public nn.Module<Tensor, Tensor> post_attention_layernorm { get; set => Fill(ref field, value); }

    /// <summary>Adapters after attention.</summary>
    [Sublayer(SublayerKind.Attention, "hidden_size")]
    public SublayerSlot attention_adapters { get; }

    /// <summary>Adapters after the feed-forward network.</summary>
    [Sublayer(SublayerKind.FeedForward, "hidden_size")]
    public SublayerSlot output_adapters { get; }

    internal IReadOnlyList<ResidualBranch> Branches { get; }
}
