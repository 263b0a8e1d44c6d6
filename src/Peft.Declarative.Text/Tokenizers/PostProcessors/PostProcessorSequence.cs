namespace Peft.Declarative.Text.Tokenizers.PostProcessors;

/// <summary>One post-processor after the other.</summary>
internal sealed class PostProcessorSequence(IReadOnlyList<IPostProcessor> steps) : IPostProcessor
{
    public int AddedTokens(bool isPair) => steps.Sum(step => step.AddedTokens(isPair));

    public IReadOnlyList<TypedTokens> Process(IReadOnlyList<TypedTokens> parts, bool addSpecialTokens) =>
        steps.Aggregate(parts, (current, step) => step.Process(current, addSpecialTokens));
}
