using System.Globalization;
using System.Text;

namespace Peft.Declarative.Text.Patterns;

/// <summary>Unicode questions about code points, with the answers of the reference tokenizers. Lone surrogates count as themselves.</summary>
internal static class CodePoints
{
    internal const int Last = 0x10FFFF;

    /// <summary>Code point that starts at <paramref name="index"/>, and how many UTF-16 units it takes.</summary>
    internal static int At(ReadOnlySpan<char> text, int index, out int units)
    {
        char first = text[index];
        if (char.IsHighSurrogate(first) && index + 1 < text.Length && char.IsLowSurrogate(text[index + 1]))
        {
            units = 2;
            return char.ConvertToUtf32(first, text[index + 1]);
        }

        units = 1;
        return first;
    }

    /// <summary>Code point that ends just before <paramref name="end"/>, and how many UTF-16 units it takes.</summary>
    internal static int Before(ReadOnlySpan<char> text, int end, out int units)
    {
        char last = text[end - 1];
        if (char.IsLowSurrogate(last) && end > 1 && char.IsHighSurrogate(text[end - 2]))
        {
            units = 2;
            return char.ConvertToUtf32(text[end - 2], last);
        }

        units = 1;
        return last;
    }

    /// <summary>The Unicode property White_Space.</summary>
    internal static bool IsWhiteSpace(int c) => c <= char.MaxValue && char.IsWhiteSpace((char)c);

    /// <summary>Categories Nd, Nl and No, of Unicode 17.</summary>
    internal static bool IsNumeric(int c) => c is (>= 0x11DE0 and <= 0x11DE9) or (>= 0x16FF4 and <= 0x16FF6)
        || Category(c) is UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber;

    /// <summary>Any ASCII punctuation or symbol, and the categories Pc to Ps of Unicode 8, when two signs still belonged to them.</summary>
    internal static bool IsPunctuation(int c) => c < 128
        ? c is (>= '!' and <= '/') or (>= ':' and <= '@') or (>= '[' and <= '`') or (>= '{' and <= '~')
        : c is 0x166D or 0x111C9
            || (Category(c) is >= UnicodeCategory.ConnectorPunctuation and <= UnicodeCategory.OtherPunctuation
                && !OlderUnicode.KeptPunctuation.Contains(c));

    /// <summary>Categories Mn, Mc and Me.</summary>
    internal static bool IsMark(int c) => Category(c) is
        UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark;

    /// <summary>A letter, mark, digit or joiner in the sense of <c>\w</c> in the reference's Rust patterns.</summary>
    internal static bool IsWord(int c) => IsJoinControl(c) || IsOnigurumaWord(c);

    /// <summary>The same in the sense of Oniguruma: without the two join controls.</summary>
    internal static bool IsOnigurumaWord(int c) => IsAlphabetic(c) || IsMark(c)
        || Category(c) is UnicodeCategory.DecimalDigitNumber or UnicodeCategory.ConnectorPunctuation;

    /// <summary>Property Alphabetic.</summary>
    internal static bool IsAlphabetic(int c) => Category(c) is <= UnicodeCategory.OtherLetter or UnicodeCategory.LetterNumber
        || c is (>= 0x24B6 and <= 0x24E9) or (>= 0x1F130 and <= 0x1F149) or (>= 0x1F150 and <= 0x1F169) or (>= 0x1F170 and <= 0x1F189)
        || DerivedProperties.AlphabeticMarks.Contains(c);

    internal static UnicodeCategory Category(int c) => CharUnicodeInfo.GetUnicodeCategory(c);

    /// <summary>Appends the lower-case form, one code point at a time: the only one that grows is U+0130.</summary>
    internal static void AppendLower(StringBuilder into, int c)
    {
        if (c == 0x130)
        {
            into.Append("i\u0307");
        }
        else
        {
            Append(into, RecentLower(c) ?? Lower(c));
        }
    }

    internal static int Lower(int c) => c is >= 0xD800 and <= 0xDFFF ? c : Rune.ToLowerInvariant(new Rune(c)).Value;

    internal static int Upper(int c) => c is >= 0xD800 and <= 0xDFFF ? c : Rune.ToUpperInvariant(new Rune(c)).Value;

    internal static void Append(StringBuilder into, int c)
    {
        if (c > char.MaxValue)
        {
            into.Append(char.ConvertFromUtf32(c));
        }
        else
        {
            into.Append((char)c);
        }
    }

    // Capitals of Unicode 16 and 17, which .NET leaves as they are.
    private static int? RecentLower(int c) => c switch
    {
        0x1C89 or 0xA7CC or 0xA7CE or 0xA7D2 or 0xA7D4 or 0xA7DA => c + 1,
        0xA7CB => 0x264,
        0xA7DC => 0x19B,
        >= 0x10D50 and <= 0x10D65 => c + 0x20,
        >= 0x16EA0 and <= 0x16EB8 => c + 0x1B,
        _ => null,
    };

    private static bool IsJoinControl(int c) => c is 0x200C or 0x200D;
}
