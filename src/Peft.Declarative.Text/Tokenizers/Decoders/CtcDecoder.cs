using Peft.Declarative.Text.Tokenizers.Normalizers;
using Peft.Declarative.Text.Patterns;

namespace Peft.Declarative.Text.Tokenizers.Decoders;

/// <summary>Joins what a speech model repeats, drops its blanks, and writes its word sign as a space.</summary>
internal sealed class CtcDecoder(string padToken, string wordDelimiter, bool cleanUp) : IDecoder
{
    private readonly Replace blanks = new(Pattern.Literal(padToken), "");
    private readonly Replace delimiters = new(Pattern.Literal(wordDelimiter), " ");

    public IReadOnlyList<string> Decode(IReadOnlyList<string> tokens) =>
        [.. tokens.Where((token, i) => i == 0 || token != tokens[i - 1]).Select(Clean).Where(token => token.Length > 0)];

    private string Clean(string token)
    {
        string kept = blanks.Normalize(token);
        return cleanUp ? delimiters.Normalize(EnglishCleanUp.Apply(kept)) : kept;
    }
}
