namespace Peft.Declarative.Text.Tokenizers.Decoders;

/// <summary>Takes a character away from the ends of each token, at most so many times.</summary>
internal sealed class StripDecoder(string content, int start, int stop) : IDecoder
{
    public IReadOnlyList<string> Decode(IReadOnlyList<string> tokens) => [.. tokens.Select(Cut)];

    private string Cut(string token)
    {
        int first = 0;
        int last = token.Length;
        for (int i = 0; i < start && string.CompareOrdinal(token, first, content, 0, content.Length) == 0; i++)
        {
            first += content.Length;
        }

        for (int i = 0; i < stop && last - content.Length >= first
            && string.CompareOrdinal(token, last - content.Length, content, 0, content.Length) == 0; i++)
        {
            last -= content.Length;
        }

        return token[first..last];
    }
}
