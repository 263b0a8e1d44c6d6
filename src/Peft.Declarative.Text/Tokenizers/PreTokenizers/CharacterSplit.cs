using Peft.Declarative.Text.Patterns;

namespace Peft.Declarative.Text.Tokenizers.PreTokenizers;

/// <summary>Cuts at every code point of a kind: each is a match of its own.</summary>
internal sealed class CharacterSplit(Func<int, bool> isMatch, SplitBehavior behavior) : IPreTokenizer
{
    public void Split(IReadOnlyList<TextPiece> pieces, List<TextPiece> into)
    {
        List<Stretch> stretches = [];
        foreach (TextPiece piece in pieces)
        {
            stretches.Clear();
            Find(piece.Span, stretches);
            PieceCutter.Cut(piece, stretches, behavior, into);
        }
    }

    private void Find(ReadOnlySpan<char> text, List<Stretch> stretches)
    {
        int between = 0;
        for (int i = 0, units; i < text.Length; i += units)
        {
            if (!isMatch(CodePoints.At(text, i, out units)))
            {
                continue;
            }

            if (i > between)
            {
                stretches.Add(new Stretch(between, i, IsMatch: false));
            }

            between = i + units;
            stretches.Add(new Stretch(i, between, IsMatch: true));
        }

        if (between < text.Length)
        {
            stretches.Add(new Stretch(between, text.Length, IsMatch: false));
        }
    }
}
