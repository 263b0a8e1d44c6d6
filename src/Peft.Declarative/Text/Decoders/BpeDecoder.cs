namespace Peft.Declarative.Text.Decoders;

/// <summary>Writes the sign that ends a word as a space, and as nothing in the last token.</summary>
internal sealed class BpeDecoder(string suffix) : IDecoder
{
    public IReadOnlyList<string> Decode(IReadOnlyList<string> tokens) =>
    [
        .. tokens.Select((token, i) =>
            suffix.Length == 0 ? token : token.Replace(suffix, i == tokens.Count - 1 ? "" : " ", StringComparison.Ordinal)),
    ];
}
