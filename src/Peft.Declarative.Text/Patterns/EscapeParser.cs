using System.Globalization;

namespace Peft.Declarative.Text.Patterns;

/// <summary>What follows a backslash, if it denotes code points, inside and outside brackets alike.</summary>
internal static class EscapeParser
{
    /// <summary>Set of a class escape such as <c>\s</c> or <c>\p{L}</c>; null if the letter is not a class, and then nothing is consumed.</summary>
    internal static CodePointSet? TryClass(PatternReader reader, bool inBrackets)
    {
        CodePointSet? set = reader.Peek switch
        {
            's' or 'S' => UnicodeProperties.WhiteSpace,
            'd' or 'D' => UnicodeProperties.Digit,
            'w' or 'W' => inBrackets ? UnicodeProperties.WordInBrackets : UnicodeProperties.Word,
            'h' or 'H' => UnicodeProperties.HexDigit,
            'p' or 'P' when reader.Follows(1, '{') => CodePointSet.Empty,
            _ => null,
        };
        if (set is null)
        {
            return null;
        }

        char letter = (char)reader.NextCodePoint();
        if (letter is 'p' or 'P')
        {
            return Property(reader, negated: letter == 'P', inBrackets);
        }

        return char.IsAsciiLetterUpper(letter) ? set.Complement() : set;
    }

    /// <summary>The single code point that an escape denotes; an unknown letter denotes itself.</summary>
    internal static int CodePoint(PatternReader reader)
    {
        int c = reader.NextCodePoint();
        return c switch
        {
            't' => '\t',
            'n' => '\n',
            'r' => '\r',
            'f' => '\f',
            'v' => '\v',
            'a' => '\a',
            'e' => 0x1B,
            'x' => reader.Take("{") ? Hex(reader, reader.Until('}')) : Hex(reader, reader.While(char.IsAsciiHexDigit, 2)),
            'u' => Hex(reader, reader.While(char.IsAsciiHexDigit, 4)),
            '0' => Octal(reader.While(d => d is >= '0' and <= '7', 2)),
            'c' => reader.NextCodePoint() & 0x1F,
            _ => c,
        };
    }

    private static CodePointSet Property(PatternReader reader, bool negated, bool inBrackets)
    {
        reader.Require("{");
        string name = reader.Until('}');
        if (name.StartsWith('^'))
        {
            negated = !negated;
            name = name[1..];
        }

        CodePointSet set = (!inBrackets && UnicodeProperties.IsWord(name) ? UnicodeProperties.Word : UnicodeProperties.Find(name))
            ?? throw reader.Error($"'{name}' is no known character property (general categories, POSIX names and the scripts "
                + $"{string.Join(", ", UnicodeScripts.Names)} are known)");
        return negated ? set.Complement() : set;
    }

    private static int Hex(PatternReader reader, string digits)
    {
        bool read = int.TryParse(digits.Trim(), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out int value);
        return read && value is >= 0 and <= CodePoints.Last ? value : throw reader.Error($"'{digits}' is no code point");
    }

    private static int Octal(string digits) => digits.Aggregate(0, (value, digit) => value * 8 + (digit - '0'));
}
