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
