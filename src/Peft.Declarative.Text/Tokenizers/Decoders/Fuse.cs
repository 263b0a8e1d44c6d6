namespace Peft.Declarative.Text.Tokenizers.Decoders;

/// <summary>Makes one string of all, so that the next decoder sees the whole text.</summary>
internal sealed class Fuse : IDecoder
{
    public IReadOnlyList<string> Decode(IReadOnlyList<string> tokens) => [string.Concat(tokens)];
}
