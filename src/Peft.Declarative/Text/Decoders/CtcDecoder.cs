namespace Peft.Declarative.Text.Decoders;

/// <summary>Joins what a speech model repeats, drops its blanks, and writes its word sign as a space.</summary>
internal sealed class CtcDecoder(string padToken, string wordDelimiter, bool cleanUp) : IDecoder
{
    public IReadOnlyList<string> Decode(IReadOnlyList<string> tokens) =>
        [.. tokens.Where((token, i) => i == 0 || token != tokens[i - 1]).Select(Clean).Where(token => token.Length > 0)];

    private string Clean(string token)
    {
        string kept = padToken.Length == 0 ? token : token.Replace(padToken, "", StringComparison.Ordinal);
        return cleanUp && wordDelimiter.Length > 0
            ? EnglishCleanUp.Apply(kept).Replace(wordDelimiter, " ", StringComparison.Ordinal)
            : kept;
    }
}
