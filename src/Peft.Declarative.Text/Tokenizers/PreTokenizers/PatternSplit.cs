using Peft.Declarative.Text.Tokenizers.Loading;
using Peft.Declarative.Text.Patterns;

namespace Peft.Declarative.Text.Tokenizers.PreTokenizers;

/// <summary>Cuts at the matches of a pattern, or, inverted, at what it does not match.</summary>
internal sealed class PatternSplit(Pattern pattern, SplitBehavior behavior, bool invert) : IPreTokenizer
{
    internal static PatternSplit Read(JsonSection section) =>
        new(PatternReading.Read(section["pattern"]), PieceCutter.ReadBehavior(section["behavior"]), section.Flag("invert", otherwise: false));

    public void Split(IReadOnlyList<TextPiece> pieces, List<TextPiece> into)
    {
        foreach (TextPiece piece in pieces)
        {
            List<Stretch> stretches = pattern.Cut(piece.Span);
            if (invert)
            {
                stretches = [.. stretches.Select(stretch => stretch with { IsMatch = !stretch.IsMatch })];
            }

            PieceCutter.Cut(piece, stretches, behavior, into);
        }
    }
}
