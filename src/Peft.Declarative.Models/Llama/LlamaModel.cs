using Peft.Declarative.BaseModels;
using Peft.Declarative.Layers;
using Peft.Declarative.Slots;

namespace Peft.Declarative.Models;

/// <summary>The embedding, blocks and final norm of a Llama decoder.</summary>
public sealed class LlamaModel : SlotHost
{
    internal LlamaModel(LlamaConfig config)
        : base(nameof(LlamaModel))
    {
        InputEmbedding = new Embedding(config.VocabularySize, config.HiddenSize);
        embed_tokens = InputEmbedding;
        layers = new BlockList<LlamaDecoderLayer>(Enumerable.Range(0, config.LayerCount).Select(index => new LlamaDecoderLayer(config, index)));
        register_module(nameof(layers), layers);
        norm = new RmsNorm(config.HiddenSize, config.NormEpsilon);
    }

    /// <summary>The token embedding [vocabulary, hidden].</summary>
    [Slot("vocab_size", "hidden_size", Kind = LayerKind.Embedding)]
    public nn.Module<Tensor, Tensor> embed_tokens { get; set => Fill(ref field, value); }

    /// <summary>The blocks.</summary>
    [Blocks("num_hidden_layers")]
    public BlockList<LlamaDecoderLayer> layers { get; }

    /// <summary>The norm after the last block.</summary>
    [Slot("hidden_size", Kind = LayerKind.Norm)]
    public nn.Module<Tensor, Tensor> norm { get; set => Fill(ref field, value); }

    /// <summary>The embedding of the base model without adapters, whose weight a tied head uses.</summary>
    internal Embedding InputEmbedding { get; }
}
