using Peft.Declarative.Text.Patterns;

namespace Peft.Declarative.Text.Tokenizers.PreTokenizers;

/// <summary>Pieces of so many code points each; the last may be shorter.</summary>
internal sealed class FixedLength(int length) : IPreTokenizer
{
    public void Split(IReadOnlyList<TextPiece> pieces, List<TextPiece> into)
    {
        foreach (TextPiece piece in pieces)
        {
            int start = 0;
            int count = 0;
            for (int i = 0, units; i < piece.Length; i += units)
            {
                CodePoints.At(piece.Span, i, out units);
                if (++count == length || i + units == piece.Length)
                {
                    into.Add(piece.Slice(start, i + units));
                    (start, count) = (i + units, 0);
                }
            }
        }
    }
}
