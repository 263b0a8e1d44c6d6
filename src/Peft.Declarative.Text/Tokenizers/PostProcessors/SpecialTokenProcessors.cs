namespace Peft.Declarative.Text.Tokenizers.PostProcessors;

/// <summary>Token ids that belong together, each with the number of the sequence that it counts for (0 or 1, as BERT's segments).</summary>
internal readonly record struct TypedTokens(IReadOnlyList<int> Ids, IReadOnlyList<int> TypeIds)
{
    internal static TypedTokens Of(IReadOnlyList<int> ids, int typeId)
    {
        var typeIds = new int[ids.Count];
        Array.Fill(typeIds, typeId);
        return new TypedTokens(ids, typeIds);
    }

    /// <summary>One after the other, as one part.</summary>
    internal static TypedTokens Join(params ReadOnlySpan<TypedTokens> parts)
    {
        List<int> ids = [];
        List<int> typeIds = [];
        foreach (TypedTokens part in parts)
        {
            ids.AddRange(part.Ids);
            typeIds.AddRange(part.TypeIds);
        }

        return new TypedTokens(ids, typeIds);
    }
}

/// <summary>BERT's tokens: one before the first part, one after each.</summary>
internal sealed class BertProcessing(int cls, int sep) : IPostProcessor
{
    public int AddedTokens(bool isPair) => isPair ? 3 : 2;

    public IReadOnlyList<TypedTokens> Process(IReadOnlyList<TypedTokens> parts, bool addSpecialTokens) => addSpecialTokens
        ?
        [
            .. parts.Select((part, i) => i == 0
                ? TypedTokens.Join(TypedTokens.Of([cls], 0), part, TypedTokens.Of([sep], 0))
                : TypedTokens.Join(part, TypedTokens.Of([sep], 1))),
        ]
        : parts;
}

/// <summary>RoBERTa's tokens: every part between two, the first of all another. It knows no segments, so everything counts for the first.</summary>
internal sealed class RobertaProcessing(int cls, int sep) : IPostProcessor
{
    public int AddedTokens(bool isPair) => isPair ? 4 : 2;

    public IReadOnlyList<TypedTokens> Process(IReadOnlyList<TypedTokens> parts, bool addSpecialTokens) =>
        [.. parts.Select((part, i) => TypedTokens.Of(addSpecialTokens ? [i == 0 ? cls : sep, .. part.Ids, sep] : part.Ids, 0))];
}

/// <summary>
/// Special tokens and texts in a fixed order, with one order for a single text and one for a pair.
/// </summary>
internal sealed class TemplateProcessing(IReadOnlyList<TemplateItem> single, IReadOnlyList<TemplateItem> pair) : IPostProcessor
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

/// <summary>Part of a template: special tokens, or (with no ids) the text with a number.</summary>
/// <param name="Ids">The special tokens; null for a text.</param>
/// <param name="Text">0 for the first text, 1 for the second.</param>
/// <param name="TypeId">Type of the tokens that it becomes; null keeps the text's own.</param>
internal readonly record struct TemplateItem(IReadOnlyList<int>? Ids, int Text, int? TypeId)
{
    internal static TemplateItem Token(int id, int typeId = 0) => new([id], 0, typeId);

    internal static TemplateItem Sequence(int text, int? typeId = null) => new(null, text, typeId);
}
