using Peft.Declarative.Text.Tokenizers.Normalizers;
using Peft.Declarative.Text.Patterns;

namespace Peft.Declarative.Text.Tokenizers.Decoders;

/// <summary>Writes the sign that ends a word as a space, and as nothing in the last token.</summary>
internal sealed class BpeDecoder(string suffix) : IDecoder
{
    private readonly Replace inner = new(Pattern.Literal(suffix), " ");
    private readonly Replace last = new(Pattern.Literal(suffix), "");

    public IReadOnlyList<string> Decode(IReadOnlyList<string> tokens) =>
        [.. tokens.Select((token, i) => (i == tokens.Count - 1 ? last : inner).Normalize(token))];
}
