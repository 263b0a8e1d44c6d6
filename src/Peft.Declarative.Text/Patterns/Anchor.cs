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
