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

/// <summary>BERT below its head.</summary>
public sealed class BertModel : BertBackbone
{
    internal BertModel(BertConfig config)
        : base(nameof(BertModel), config)
    {
        pooler = new BertPooler(config);
        register_module(nameof(pooler), pooler);
    }

    /// <summary>Sums a text up.</summary>
    public BertPooler pooler { get; }
}

/// <summary>RoBERTa below its head.</summary>
public sealed class RobertaModel : BertBackbone
{
    internal RobertaModel(BertConfig config)
        : base(nameof(RobertaModel), config)
    {
    }
}
