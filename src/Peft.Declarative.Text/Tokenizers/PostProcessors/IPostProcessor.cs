namespace Peft.Declarative.Text.Tokenizers.PostProcessors;

/// <summary>Puts special tokens around a text or a pair of texts.</summary>
internal interface IPostProcessor
{
    /// <summary>How many tokens it adds; truncation leaves room for them.</summary>
    int AddedTokens(bool isPair);

    /// <summary>The parts in their order, with the special tokens between them if they are wanted.</summary>
    IReadOnlyList<TypedTokens> Process(IReadOnlyList<TypedTokens> parts, bool addSpecialTokens);
}
