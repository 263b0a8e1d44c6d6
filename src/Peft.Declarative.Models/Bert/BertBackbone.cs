using Peft.Declarative.Slots;

namespace Peft.Declarative.Models;

/// <summary>What BERT and RoBERTa have in common below their heads: embeddings and blocks.</summary>
public abstract class BertBackbone : SlotHost
{
    private protected BertBackbone(string name, BertConfig config)
        : base(name)
    {
        embeddings = new BertEmbeddings(config);
        register_module(nameof(embeddings), embeddings);
        encoder = new BertEncoder(config);
        register_module(nameof(encoder), encoder);
    }

    /// <summary>Token ids to vectors.</summary>
    public BertEmbeddings embeddings { get; }

    /// <summary>The blocks.</summary>
    public BertEncoder encoder { get; }
}
