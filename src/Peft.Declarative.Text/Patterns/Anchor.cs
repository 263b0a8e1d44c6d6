namespace Peft.Declarative.Text.Patterns;

/// <summary>Conditions on a position. Lines end at <c>\n</c>, and <c>^</c> and <c>$</c> are about lines, as in Oniguruma.</summary>
internal enum Anchor
{
    TextStart,
    TextEnd,
    TextEndOrLastNewline,
    LineStart,
    LineEnd,
    WordBoundary,
    NotWordBoundary,
    SearchStart,
}

/// <summary>Whether a condition holds at a position of a text.</summary>
internal static class AnchorTest
{
    internal static bool Holds(Anchor anchor, ReadOnlySpan<char> text, int position, int searchStart) => anchor switch
    {
        Anchor.TextStart => position == 0,
        Anchor.TextEnd => position == text.Length,
        Anchor.TextEndOrLastNewline => position == text.Length || (position == text.Length - 1 && text[position] == '\n'),
        Anchor.LineStart => position == 0 || (position < text.Length && text[position - 1] == '\n'),
        Anchor.LineEnd => position == text.Length || text[position] == '\n',
        Anchor.WordBoundary => WordBefore(text, position) != WordAfter(text, position),
        Anchor.NotWordBoundary => WordBefore(text, position) == WordAfter(text, position),
        _ => position == searchStart,
    };

    private static bool WordBefore(ReadOnlySpan<char> text, int position) => position > 0 && UnicodeProperties.Word.Contains(CodePoints.Before(text, position, out _));

    private static bool WordAfter(ReadOnlySpan<char> text, int position) => position < text.Length && UnicodeProperties.Word.Contains(CodePoints.At(text, position, out _));
}
