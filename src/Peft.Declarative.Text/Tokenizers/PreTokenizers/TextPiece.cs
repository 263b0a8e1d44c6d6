namespace Peft.Declarative.Text.Tokenizers.PreTokenizers;

/// <summary>A stretch of normalised text on its way to the model.</summary>
/// <param name="Source">Text that the stretch is part of.</param>
/// <param name="Start">Where it begins, in UTF-16 units.</param>
/// <param name="Length">Its length in UTF-16 units.</param>
/// <param name="UnitsOfStart">How far it comes from the first character of the user's text; one prefix rule depends on that.</param>
internal readonly record struct TextPiece(string Source, int Start, int Length, int UnitsOfStart)
{
    internal ReadOnlySpan<char> Span => Source.AsSpan(Start, Length);

    internal bool AtTextStart => UnitsOfStart > 0;

    internal static TextPiece Of(string text, int unitsOfStart) => new(text, 0, text.Length, unitsOfStart);

    /// <summary>Part of the piece.</summary>
    internal TextPiece Slice(int start, int end) => new(Source, Start + start, end - start, UnitsOfStart - start);

    /// <summary>The piece with something put before it.</summary>
    internal TextPiece Prefixed(string prefix) => Of(string.Concat(prefix, Span), AtTextStart ? UnitsOfStart + prefix.Length : 0);
}
