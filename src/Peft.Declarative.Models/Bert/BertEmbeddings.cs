using Peft.Declarative.Layers;
using Peft.Declarative.Native;
using Peft.Declarative.Slots;

namespace Peft.Declarative.Models;

/// <summary>The sum of token, position and token type embeddings, followed by a norm.</summary>
public sealed class BertEmbeddings : SlotHost
{
    private readonly double _dropout;

    internal BertEmbeddings(BertConfig config)
        : base(nameof(BertEmbeddings))
    {
        _dropout = config.HiddenDropout;
        word_embeddings = new Embedding(config.VocabularySize, config.HiddenSize);
        position_embeddings = new Embedding(config.MaxPositions, config.HiddenSize);
        token_type_embeddings = new Embedding(config.TokenTypeCount, config.HiddenSize);
        LayerNorm = new LayerNorm(config.HiddenSize, config.NormEpsilon);
    }

    /// <summary>The token embedding [vocabulary, hidden].</summary>
    [Slot("vocab_size", "hidden_size", Kind = LayerKind.Embedding)]
    public nn.Module<Tensor, Tensor> word_embeddings { get; set => Fill(ref field, value); }

    /// <summary>The position embedding [positions, hidden].</summary>
    [Slot("max_position_embeddings", "hidden_size", Kind = LayerKind.Embedding)]
    public nn.Module<Tensor, Tensor> position_embeddings { get; set => Fill(ref field, value); }

    /// <summary>The token type embedding [types, hidden], which distinguishes the first and the second text.</summary>
    [Slot("type_vocab_size", "hidden_size", Kind = LayerKind.Embedding)]
    public nn.Module<Tensor, Tensor> token_type_embeddings { get; set => Fill(ref field, value); }

    /// <summary>The norm over the sum.</summary>
    [Slot("hidden_size", Kind = LayerKind.Norm, Bias = "true")]
    public nn.Module<Tensor, Tensor> LayerNorm { get; set => Fill(ref field, value); }

    internal Tensor Forward(Tensor words, Tensor positions, Tensor tokenTypes)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor typed = words.add(token_type_embeddings.call(tokenTypes).to(words.dtype), Scalars.One);
        Tensor embedded = typed.add(position_embeddings.call(positions).to(words.dtype), Scalars.One);
        return Dropout.Apply(LayerNorm.call(embedded), _dropout, training).MoveToOuterDisposeScope();
    }
}
