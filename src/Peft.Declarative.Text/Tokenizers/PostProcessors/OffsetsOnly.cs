namespace Peft.Declarative.Text.Tokenizers.PostProcessors;

/// <summary>A post-processor that only corrects character offsets in the reference. We give none, so nothing is left to do.</summary>
internal sealed class OffsetsOnly : IPostProcessor
{
    public int AddedTokens(bool isPair) => 0;

    public IReadOnlyList<TypedTokens> Process(IReadOnlyList<TypedTokens> parts, bool addSpecialTokens) => parts;
}
