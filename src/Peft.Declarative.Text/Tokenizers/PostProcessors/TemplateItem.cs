namespace Peft.Declarative.Text.Tokenizers.PostProcessors;

/// <summary>Part of a template: special tokens, or (with no ids) the text with a number.</summary>
/// <param name="Ids">The special tokens; null stands for a text.</param>
/// <param name="Text">0 for the first text, 1 for the second.</param>
/// <param name="TypeId">Type of the tokens that it becomes; null keeps the text's own.</param>
internal readonly record struct TemplateItem(IReadOnlyList<int>? Ids, int Text, int? TypeId)
{
    internal static TemplateItem Token(int id, int typeId = 0) => new([id], 0, typeId);

    internal static TemplateItem Sequence(int text, int? typeId = null) => new(null, text, typeId);
}
