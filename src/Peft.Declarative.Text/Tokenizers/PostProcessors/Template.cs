namespace Peft.Declarative.Text.Tokenizers.PostProcessors;

/// <summary>
/// Special tokens and texts in a fixed order, one order for a text and one for a pair.
/// </summary>
internal sealed class Template(IReadOnlyList<TemplateItem> single, IReadOnlyList<TemplateItem> pair) : IPostProcessor
{
    public int AddedTokens(bool isPair) => (isPair ? pair : single).Sum(item => item.Ids?.Count ?? 0);

    public IReadOnlyList<TypedTokens> Process(IReadOnlyList<TypedTokens> parts, bool addSpecialTokens)
    {
        List<TypedTokens> processed = [];
        foreach (TemplateItem item in parts.Count == 1 ? single : pair)
        {
            if (item.Ids is null)
            {
                processed.Add(item.TypeId is { } type ? TypedTokens.Of(parts[item.Text].Ids, type) : parts[item.Text]);
            }
            else if (addSpecialTokens)
            {
                processed.Add(TypedTokens.Of(item.Ids, item.TypeId ?? 0));
            }
        }

        return processed;
    }
}
