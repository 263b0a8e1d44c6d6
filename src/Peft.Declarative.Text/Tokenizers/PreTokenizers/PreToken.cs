namespace Peft.Declarative.Text.Tokenizers.PreTokenizers;

/// <summary>A part of the normalised text that the model will encode by itself, as the pre-tokenizers leave it.</summary>
/// <param name="Source">Text that it is part of.</param>
/// <param name="Start">Where it begins, in UTF-16 units.</param>
/// <param name="Length">Its length in UTF-16 units.</param>
/// <param name="UnitsOfStart">Number of UTF-16 units that come from the first character of the user's text, counted from <paramref name="Start"/>; one prefix rule depends on it.</param>
internal readonly record struct PreToken(string Source, int Start, int Length, int UnitsOfStart)
{
    internal ReadOnlySpan<char> Span => Source.AsSpan(Start, Length);

    internal bool AtTextStart => UnitsOfStart > 0;

    internal static PreToken Of(string text, int unitsOfStart) => new(text, 0, text.Length, unitsOfStart);

    /// <summary>Part of the pre-token.</summary>
    internal PreToken Slice(int start, int end) => new(Source, Start + start, end - start, UnitsOfStart - start);

    /// <summary>The pre-token with a prefix.</summary>
    internal PreToken Prefixed(string prefix) => Of(string.Concat(prefix, Span), AtTextStart ? UnitsOfStart + prefix.Length : 0);
}
