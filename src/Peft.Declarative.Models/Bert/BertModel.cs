namespace Peft.Declarative.Models;

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
