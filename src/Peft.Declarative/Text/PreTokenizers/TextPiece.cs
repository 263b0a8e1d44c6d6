namespace Peft.Declarative.Text.PreTokenizers;

/// <summary>A stretch of normalised text on its way to the model.</summary>
/// <param name="Source">Text that the stretch is part of.</param>
/// <param name="Start">Where it begins, in UTF-16 units.</param>
/// <param name="Length">Its length in UTF-16 units.</param>
/// <param name="AtTextStart">Whether it begins where the user's text begins; one prefix rule depends on that.</param>
internal readonly record struct TextPiece(string Source, int Start, int Length, bool AtTextStart)
{
    internal ReadOnlySpan<char> Span => Source.AsSpan(Start, Length);

    internal static TextPiece Of(string text, bool atTextStart) => new(text, 0, text.Length, atTextStart);

    /// <summary>Part of the piece.</summary>
    internal TextPiece Slice(int start, int end) => new(Source, Start + start, end - start, AtTextStart && start == 0);

    /// <summary>The piece with something put before it.</summary>
    internal TextPiece Prefixed(string prefix) => Of(string.Concat(prefix, Span), AtTextStart);
}
