using Peft.Declarative.Slots;

namespace Peft.Declarative.Models;

/// <summary>The embeddings and blocks of BERT and RoBERTa, without the head.</summary>
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

    /// <summary>The token embedding [vocabulary, hidden].</summary>
    public BertEmbeddings embeddings { get; }

    /// <summary>The blocks.</summary>
    public BertEncoder encoder { get; }
}

/// <summary>BERT without the head.</summary>
public sealed class BertModel : BertBackbone
{
    internal BertModel(BertConfig config)
        : base(nameof(BertModel), config)
    {
        pooler = new BertPooler(config);
        register_module(nameof(pooler), pooler);
    }

    /// <summary>The pooler.</summary>
    public BertPooler pooler { get; }
}

/// <summary>RoBERTa without the head.</summary>
public sealed class RobertaModel : BertBackbone
{
    internal RobertaModel(BertConfig config)
        : base(nameof(RobertaModel), config)
    {
    }
}
