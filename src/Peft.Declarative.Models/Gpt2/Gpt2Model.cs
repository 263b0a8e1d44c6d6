using Peft.Declarative.BaseModels;
using Peft.Declarative.Layers;
using Peft.Declarative.Slots;
using static TorchSharp.torch;

namespace Peft.Declarative.Models;

/// <summary>Embeddings, blocks and last norm of GPT-2.</summary>
public sealed class Gpt2Model : SlotHost
{
    private nn.Module<Tensor, Tensor> _tokens;
    private nn.Module<Tensor, Tensor> _positions;
    private nn.Module<Tensor, Tensor> _norm;

    internal Gpt2Model(Gpt2Config config)
        : base(nameof(Gpt2Model))
    {
        InputEmbedding = new Embedding(config.VocabularySize, config.HiddenSize);
        wte = _tokens = InputEmbedding;
        wpe = _positions = new Embedding(config.MaxPositions, config.HiddenSize);
        h = new BlockList<Gpt2Block>(Enumerable.Range(0, config.LayerCount).Select(index => new Gpt2Block(config, index)));
        register_module(nameof(h), h);
        ln_f = _norm = new LayerNorm(config.HiddenSize, config.NormEpsilon);
    }

    /// <summary>Token ids to vectors.</summary>
    [Slot("vocab_size", "n_embd", Kind = LayerKind.Embedding)]
    public nn.Module<Tensor, Tensor> wte
    {
        get => _tokens;
        set => Fill(ref _tokens, value);
    }

    /// <summary>Positions to vectors.</summary>
    [Slot("n_positions", "n_embd", Kind = LayerKind.Embedding)]
    public nn.Module<Tensor, Tensor> wpe
    {
        get => _positions;
        set => Fill(ref _positions, value);
    }

    /// <summary>The blocks.</summary>
    [Blocks("n_layer")]
    public BlockList<Gpt2Block> h { get; }

    /// <summary>The norm after the last block.</summary>
    [Slot("n_embd", Kind = LayerKind.Norm, Bias = "true")]
    public nn.Module<Tensor, Tensor> ln_f
    {
        get => _norm;
        set => Fill(ref _norm, value);
    }

    /// <summary>The base's own embedding, whatever stands around it: a tied head reads its weight.</summary>
    internal Embedding InputEmbedding { get; }
}
