using Peft.Declarative.BaseModels;
using Peft.Declarative.Layers;
using Peft.Declarative.Slots;
using Peft.Declarative.Slots.Sublayers;

namespace Peft.Declarative.Models;

/// <summary>A block: an attention and a feed-forward sublayer, each with a preceding norm and a residual connection.</summary>
public sealed class Gpt2Block : SlotHost
{
    internal Gpt2Block(Gpt2Config config, int index)
        : base(nameof(Gpt2Block))
    {
        ln_1 = new LayerNorm(config.HiddenSize, config.NormEpsilon);
        attn = new Gpt2Attention(config, index);
        register_module(nameof(attn), attn);
        ln_2 = new LayerNorm(config.HiddenSize, config.NormEpsilon);
        mlp = new Gpt2Mlp(config);
        register_module(nameof(mlp), mlp);
        attention_adapters = new SublayerSlot(SublayerKind.Attention, config.HiddenSize, (WeightLayer)ln_1);
        register_module(nameof(attention_adapters), attention_adapters);
        output_adapters = new SublayerSlot(SublayerKind.FeedForward, config.HiddenSize, (WeightLayer)ln_2);
        register_module(nameof(output_adapters), output_adapters);
        Branches =
        [
            new ResidualBranch((hidden, context) => attn.Attend(ln_1.call(hidden), context), () => attn.c_proj, attention_adapters),
            new ResidualBranch((hidden, _) => mlp.Inner(ln_2.call(hidden)), () => mlp.c_proj, output_adapters),
        ];
    }

    /// <summary>The norm before attention.</summary>
    [Slot("n_embd", Kind = LayerKind.Norm, Bias = "true")]
    public nn.Module<Tensor, Tensor> ln_1 { get; set => Fill(ref field, value); }

    /// <summary>Self-attention.</summary>
    public Gpt2Attention attn { get; }

    /// <summary>The norm before the feed-forward network.</summary>
    [Slot("n_embd", Kind = LayerKind.Norm, Bias = "true")]
    public nn.Module<Tensor, Tensor> ln_2 { get; set => Fill(ref field, value); }

    /// <summary>Feed-forward network.</summary>
    public Gpt2Mlp mlp { get; }

    /// <summary>Adapters after attention.</summary>
    [Sublayer(SublayerKind.Attention, "n_embd")]
    public SublayerSlot attention_adapters { get; }

    /// <summary>Adapters after the feed-forward network.</summary>
    [Sublayer(SublayerKind.FeedForward, "n_embd")]
    public SublayerSlot output_adapters { get; }

    internal IReadOnlyList<ResidualBranch> Branches { get; }
}
