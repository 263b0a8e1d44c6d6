namespace Peft.Declarative.Text.Tokenizers.PostProcessors;

/// <summary>BERT's tokens: one before the first part, one after each.</summary>
internal sealed class BertProcessor(int cls, int sep) : IPostProcessor
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
