using System.Globalization;

namespace Peft.Declarative.Text.Templates.Values;

/// <summary>Character classes of Python's <c>is…</c> methods of strings.</summary>
internal static class CharacterKinds
{
    internal static bool IsPrintable(int c) => c == ' ' || Category(c) is not (UnicodeCategory.Control or UnicodeCategory.Format
        or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned or UnicodeCategory.LineSeparator
        or UnicodeCategory.ParagraphSeparator or UnicodeCategory.SpaceSeparator);

    internal static bool IsAlphabetic(int c) => Category(c) <= UnicodeCategory.OtherLetter;

    internal static bool IsDecimal(int c) => Category(c) == UnicodeCategory.DecimalDigitNumber;

    internal static bool IsDigit(int c) => IsDecimal(c) || Digit(c) >= 0;

    internal static bool IsNumeric(int c) => CharUnicodeInfo.GetNumericValue(char.ConvertFromUtf32(c), 0) >= 0 || Category(c) is
        UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber;

    // Roman numerals and circled letters have case without being letters.
    internal static bool IsUpper(int c) => Category(c) == UnicodeCategory.UppercaseLetter
        || c is (>= 0x2160 and <= 0x216F) or (>= 0x24B6 and <= 0x24CF);

    internal static bool IsLower(int c) => Category(c) == UnicodeCategory.LowercaseLetter
        || c is 0xAA or 0xBA or (>= 0x2B0 and <= 0x2B8) or (>= 0x2170 and <= 0x217F) or (>= 0x24D0 and <= 0x24E9);

    internal static bool IsTitle(int c) => Category(c) == UnicodeCategory.TitlecaseLetter;

    /// <summary>Whether the character has case.</summary>
    internal static bool IsCased(int c) => IsUpper(c) || IsLower(c) || IsTitle(c);

    private static int Digit(int c) => CharUnicodeInfo.GetDigitValue(char.ConvertFromUtf32(c), 0);

    private static UnicodeCategory Category(int c) => CharUnicodeInfo.GetUnicodeCategory(c);
}

/// <summary>White space as Python defines it: that of Unicode, and the four ASCII separators.</summary>
internal static class PythonSpace
{
    internal static bool Is(char c) => char.IsWhiteSpace(c) || c is >= '\x1C' and <= '\x1F';

    internal static string TrimEnd(string text)
    {
        int end = text.Length;
        while (end > 0 && Is(text[end - 1]))
        {
            end--;
        }

        return text[..end];
    }
}
