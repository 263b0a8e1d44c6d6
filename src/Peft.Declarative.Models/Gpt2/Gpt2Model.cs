using Peft.Declarative.BaseModels;
using Peft.Declarative.Layers;
using Peft.Declarative.Slots;

namespace Peft.Declarative.Models;

/// <summary>The embeddings, blocks and final norm of GPT-2.</summary>
public sealed class Gpt2Model : SlotHost
{
    internal Gpt2Model(Gpt2Config config)
        : base(nameof(Gpt2Model))
    {
        InputEmbedding = new Embedding(config.VocabularySize, config.HiddenSize);
        wte = InputEmbedding;
        wpe = new Embedding(config.MaxPositions, config.HiddenSize);
        h = new BlockList<Gpt2Block>(Enumerable.Range(0, config.LayerCount).Select(index => new Gpt2Block(config, index)));
        register_module(nameof(h), h);
        ln_f = new LayerNorm(config.HiddenSize, config.NormEpsilon);
    }

    /// <summary>The token embedding [vocabulary, hidden].</summary>
    [Slot("vocab_size", "n_embd", Kind = LayerKind.Embedding)]
    public nn.Module<Tensor, Tensor> wte { get; set => Fill(ref field, value); }

    /// <summary>The position embedding [positions, hidden].</summary>
    [Slot("n_positions", "n_embd", Kind = LayerKind.Embedding)]
    public nn.Module<Tensor, Tensor> wpe { get; set => Fill(ref field, value); }

    /// <summary>The blocks.</summary>
    [Blocks("n_layer")]
    public BlockList<Gpt2Block> h { get; }

    /// <summary>The norm after the last block.</summary>
    [Slot("n_embd", Kind = LayerKind.Norm, Bias = "true")]
    public nn.Module<Tensor, Tensor> ln_f { get; set => Fill(ref field, value); }

    /// <summary>The embedding of the base model without adapters, whose weight a tied head uses.</summary>
    internal Embedding InputEmbedding { get; }
}
