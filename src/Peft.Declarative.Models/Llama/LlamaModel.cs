using Peft.Declarative.BaseModels;
using Peft.Declarative.Layers;
using Peft.Declarative.Slots;
using static TorchSharp.torch;

namespace Peft.Declarative.Models;

/// <summary>Embedding, blocks and last norm of a Llama-shaped decoder.</summary>
public sealed class LlamaModel : SlotHost
{
    private nn.Module<Tensor, Tensor> _embedding;
    private nn.Module<Tensor, Tensor> _norm;

    internal LlamaModel(LlamaConfig config)
        : base(nameof(LlamaModel))
    {
        InputEmbedding = new Embedding(config.VocabularySize, config.HiddenSize);
        embed_tokens = _embedding = InputEmbedding;
        layers = new BlockList<LlamaDecoderLayer>(Enumerable.Range(0, config.LayerCount).Select(index => new LlamaDecoderLayer(config, index)));
        register_module(nameof(layers), layers);
        norm = _norm = new RmsNorm(config.HiddenSize, config.NormEpsilon);
    }

    /// <summary>Token ids to vectors.</summary>
    [Slot("vocab_size", "hidden_size", Kind = LayerKind.Embedding)]
    public nn.Module<Tensor, Tensor> embed_tokens
    {
        get => _embedding;
        set => Fill(ref _embedding, value);
    }

    /// <summary>The blocks.</summary>
    [Blocks("num_hidden_layers")]
    public BlockList<LlamaDecoderLayer> layers { get; }

    /// <summary>The norm after the last block.</summary>
    [Slot("hidden_size", Kind = LayerKind.Norm)]
    public nn.Module<Tensor, Tensor> norm
    {
        get => _norm;
        set => Fill(ref _norm, value);
    }

    /// <summary>The base's own embedding, whatever stands around it: a tied head reads its weight.</summary>
    internal Embedding InputEmbedding { get; }
}
