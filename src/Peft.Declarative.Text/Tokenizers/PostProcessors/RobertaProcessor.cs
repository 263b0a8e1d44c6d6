namespace Peft.Declarative.Text.Tokenizers.PostProcessors;

/// <summary>RoBERTa's tokens: every part between two, the first of all another. It knows no segments, so everything counts for the first.</summary>
internal sealed class RobertaProcessor(int cls, int sep) : IPostProcessor
{
    public int AddedTokens(bool isPair) => isPair ? 4 : 2;

    public IReadOnlyList<TypedTokens> Process(IReadOnlyList<TypedTokens> parts, bool addSpecialTokens) =>
        [.. parts.Select((part, i) => TypedTokens.Of(addSpecialTokens ? [i == 0 ? cls : sep, .. part.Ids, sep] : part.Ids, 0))];
}
