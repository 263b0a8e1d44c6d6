using Peft.Declarative.Text.Patterns;

namespace Peft.Declarative.Text.Tokenizers.PreTokenizers;

/// <summary>Runs of word characters, and runs of what is neither that nor white space; white space disappears.</summary>
internal sealed class WordRuns : IPreTokenizer
{
    private enum Kind
    {
        Space,
        Word,
        Other,
    }

    public void Split(IReadOnlyList<TextPiece> pieces, List<TextPiece> into)
    {
        foreach (TextPiece piece in pieces)
        {
            ReadOnlySpan<char> text = piece.Span;
            int start = 0;
            Kind current = Kind.Space;
            for (int i = 0, units; i < text.Length; i += units)
            {
                Kind kind = KindOf(CodePoints.At(text, i, out units));
                if (kind != current)
                {
                    Append(piece, start, i, current, into);
                    (start, current) = (i, kind);
                }
            }

            Append(piece, start, text.Length, current, into);
        }
    }

    private static Kind KindOf(int c) => CodePoints.IsWord(c) ? Kind.Word : CodePoints.IsWhiteSpace(c) ? Kind.Space : Kind.Other;

    private static void Append(TextPiece piece, int start, int end, Kind kind, List<TextPiece> into)
    {
        if (end > start && kind != Kind.Space)
        {
            into.Add(piece.Slice(start, end));
        }
    }
}
