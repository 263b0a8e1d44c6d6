namespace Peft.Declarative.Text.Tokenizers.Decoders;

/// <summary>Joins continuing pieces to what they continue and puts a space before all others.</summary>
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
