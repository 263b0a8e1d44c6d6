using Peft.Declarative.BaseModels;

namespace Peft.Declarative.Models;

/// <summary>The base class of classifiers with a BERT encoder. Derived classes define the head and the positions.</summary>
[KeyValueSize("num_hidden_layers", "hidden_size")]
[AttentionSize("num_hidden_layers", "hidden_size")]
[ConfigDefault("num_labels", "id2label.count")]   // classes are told by their names
[ConfigDefault("num_labels", "2")]
public abstract class BertClassifier : SequenceClassifier
{
    private readonly BertBackbone _backbone;

    private protected BertClassifier(BertConfig config, BertBackbone backbone)
        : base(config) => _backbone = backbone;

    /// <inheritdoc/>
    public override Tensor Embed(Tensor inputIds) => _backbone.embeddings.word_embeddings.call(inputIds);

    /// <inheritdoc/>
    protected internal override int? PositionLimit => Config.MaxPositions;

    /// <inheritdoc/>
    protected override Tensor Encode(Tensor words, Tensor positions, Tensor tokenTypes, AttentionContext context)
    {
        Tensor hidden = embedding_adapters.Apply(_backbone.embeddings.Forward(words, positions, tokenTypes));
        return RunBlocks(_backbone.encoder.layer, layer => layer.Forward, hidden, context);
    }
}
