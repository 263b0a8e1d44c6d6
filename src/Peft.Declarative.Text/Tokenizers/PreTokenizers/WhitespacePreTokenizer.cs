using Peft.Declarative.Text.Patterns;

namespace Peft.Declarative.Text.Tokenizers.PreTokenizers;

/// <summary>Splits into runs of word characters and runs of other characters; white space is removed.</summary>
internal sealed class WhitespacePreTokenizer : IPreTokenizer
{
    private enum Kind
    {
        Space,
        Word,
        Other,
    }

    public void Split(IReadOnlyList<PreToken> preTokens, List<PreToken> into)
    {
        foreach (PreToken preToken in preTokens)
        {
            ReadOnlySpan<char> text = preToken.Span;
            int start = 0;
            Kind current = Kind.Space;
            for (int i = 0, units; i < text.Length; i += units)
            {
                Kind kind = KindOf(CodePoints.At(text, i, out units));
                if (kind != current)
                {
                    Append(preToken, start, i, current, into);
                    (start, current) = (i, kind);
                }
            }

            Append(preToken, start, text.Length, current, into);
        }
    }

    private static Kind KindOf(int c) => CodePoints.IsWord(c) ? Kind.Word : CodePoints.IsWhiteSpace(c) ? Kind.Space : Kind.Other;

    private static void Append(PreToken preToken, int start, int end, Kind kind, List<PreToken> into)
    {
        if (end > start && kind != Kind.Space)
        {
            into.Add(preToken.Slice(start, end));
        }
    }
}
