using Peft.Declarative.Layers;
using Peft.Declarative.Slots;
using static TorchSharp.torch;

namespace Peft.Declarative.Models;

/// <summary>Vectors of words, of their places and of the text that they belong to, added and normalised.</summary>
public sealed class BertEmbeddings : SlotHost
{
    private readonly double _dropout;
    private nn.Module<Tensor, Tensor> _words;
    private nn.Module<Tensor, Tensor> _positions;
    private nn.Module<Tensor, Tensor> _types;
    private nn.Module<Tensor, Tensor> _norm;

    internal BertEmbeddings(BertConfig config)
        : base(nameof(BertEmbeddings))
    {
        _dropout = config.HiddenDropout;
        word_embeddings = _words = new Embedding(config.VocabularySize, config.HiddenSize);
        position_embeddings = _positions = new Embedding(config.MaxPositions, config.HiddenSize);
        token_type_embeddings = _types = new Embedding(config.TokenTypeCount, config.HiddenSize);
        LayerNorm = _norm = new LayerNorm(config.HiddenSize, config.NormEpsilon);
    }

    /// <summary>Token ids to vectors.</summary>
    [Slot("vocab_size", "hidden_size", Kind = LayerKind.Embedding)]
    public nn.Module<Tensor, Tensor> word_embeddings
    {
        get => _words;
        set => Fill(ref _words, value);
    }

    /// <summary>Positions to vectors.</summary>
    [Slot("max_position_embeddings", "hidden_size", Kind = LayerKind.Embedding)]
    public nn.Module<Tensor, Tensor> position_embeddings
    {
        get => _positions;
        set => Fill(ref _positions, value);
    }

    /// <summary>First or second text to vectors.</summary>
    [Slot("type_vocab_size", "hidden_size", Kind = LayerKind.Embedding)]
    public nn.Module<Tensor, Tensor> token_type_embeddings
    {
        get => _types;
        set => Fill(ref _types, value);
    }

    /// <summary>The norm over the sum.</summary>
    [Slot("hidden_size", Kind = LayerKind.Norm, Bias = "true")]
    public nn.Module<Tensor, Tensor> LayerNorm
    {
        get => _norm;
        set => Fill(ref _norm, value);
    }

    internal Tensor Forward(Tensor words, Tensor positions, Tensor tokenTypes)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor typed = words + _types.call(tokenTypes).to(words.dtype);
        Tensor placed = typed + _positions.call(positions).to(words.dtype);
        return Dropout.Apply(_norm.call(placed), _dropout, training).MoveToOuterDisposeScope();
    }
}
