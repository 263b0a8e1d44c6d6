namespace Peft.Declarative.Models;

/// <summary>RoBERTa below its head.</summary>
public sealed class RobertaModel : BertBackbone
{
    internal RobertaModel(BertConfig config)
        : base(nameof(RobertaModel), config)
    {
    }
}
