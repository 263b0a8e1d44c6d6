using Peft.Declarative.Text.Patterns;
using Peft.Declarative.Text.Tokenizers.Normalizers;

namespace Peft.Declarative.Text.Tokenizers.Decoders;

/// <summary>Replaces the end-of-word suffix with a space, and removes it from the last token.</summary>
internal sealed class BpeDecoder(string suffix) : IDecoder
{
    private readonly Replace _inner = new(Pattern.Literal(suffix), " ");
    private readonly Replace _last = new(Pattern.Literal(suffix), "");

    public IReadOnlyList<string> Decode(IReadOnlyList<string> tokens) =>
        [.. tokens.Select((token, i) => (i == tokens.Count - 1 ? _last : _inner).Normalize(token))];
}

/// <summary>Joins continuing pieces to the piece before them and puts a space before all others.</summary>
internal sealed class WordPieceDecoder(string prefix, bool cleanUp) : IDecoder
{
    public IReadOnlyList<string> Decode(IReadOnlyList<string> tokens)
    {
        string[] decoded = [.. tokens];
        for (int i = 0; i < decoded.Length; i++)
        {
            if (i > 0)
            {
                decoded[i] = decoded[i].StartsWith(prefix, StringComparison.Ordinal) ? decoded[i][prefix.Length..] : " " + decoded[i];
            }

            decoded[i] = cleanUp ? EnglishCleanUp.Apply(decoded[i]) : decoded[i];
        }

        return decoded;
    }
}

/// <summary>Removes a character from both ends of each token, up to a given number of times.</summary>
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

/// <summary>Decodes the output of a speech model: joins repeated tokens, drops blanks, and writes the word delimiter as a space.</summary>
internal sealed class CtcDecoder(string padToken, string wordDelimiter, bool cleanUp) : IDecoder
{
    private readonly Replace _blanks = new(Pattern.Literal(padToken), "");
    private readonly Replace _delimiters = new(Pattern.Literal(wordDelimiter), " ");

    public IReadOnlyList<string> Decode(IReadOnlyList<string> tokens) =>
        [.. tokens.Where((token, i) => i == 0 || token != tokens[i - 1]).Select(Clean).Where(token => token.Length > 0)];

    private string Clean(string token)
    {
        string kept = _blanks.Normalize(token);
        return cleanUp ? _delimiters.Normalize(EnglishCleanUp.Apply(kept)) : kept;
    }
}

/// <summary>Removes the spaces that cutting at punctuation leaves in English text. The list and its order are those of the reference.</summary>
internal static class EnglishCleanUp
{
    private static readonly (string Spaced, string Clean)[] Rules =
    [
        (" .", "."), (" ?", "?"), (" !", "!"), (" ,", ","), (" ' ", "'"), (" n't", "n't"), (" 'm", "'m"),
        (" do not", " don't"), (" 's", "'s"), (" 've", "'ve"), (" 're", "'re"),
    ];

    internal static string Apply(string text) =>
        Rules.Aggregate(text, (current, rule) => current.Replace(rule.Spaced, rule.Clean, StringComparison.Ordinal));
}
