using System.Globalization;
using System.Text;

namespace Peft.Declarative.Text.Templates.Lexing;

/// <summary>Python's backslash escapes. An unknown one is kept, backslash included.</summary>
internal static class StringEscapes
{
    private const string Simple = "\\'\"abfnrtv";
    private const string Meant = "\\'\"\a\b\f\n\r\t\v";

    internal static string Decode(ReadOnlySpan<char> literal, int line)
    {
        if (!literal.Contains('\\'))
        {
            return literal.ToString();
        }

        var decoded = new StringBuilder(literal.Length);
        for (int i = 0; i < literal.Length; i++)
        {
            if (literal[i] == '\\')
            {
                i = Escape(literal, i + 1, decoded, line);
            }
            else
            {
                decoded.Append(literal[i]);
            }
        }

        return decoded.ToString();
    }

    // Decodes from the character after the backslash and returns the position of the last one used.
    private static int Escape(ReadOnlySpan<char> literal, int at, StringBuilder decoded, int line)
    {
        char c = literal[at];
        int simple = Simple.IndexOf(c);
        if (simple >= 0)
        {
            decoded.Append(Meant[simple]);
            return at;
        }

        switch (c)
        {
            case '\n':
                return at;
            case 'x':
                return Hex(literal, at, 2, decoded, line);
            case 'u':
                return Hex(literal, at, 4, decoded, line);
            case 'U':
                return Hex(literal, at, 8, decoded, line);
            case 'N':
                throw new TemplateException(line, @"characters by name ('\N{…}') are not supported; write '\u' and their number");
            case >= '0' and <= '7':
                int end = at;
                int value = 0;
                while (end < literal.Length && end < at + 3 && literal[end] is >= '0' and <= '7')
                {
                    value = value * 8 + (literal[end++] - '0');
                }

                decoded.Append((char)value);
                return end - 1;
            case > '\x7F':
                return Spelled(literal, at, decoded);
            default:
                decoded.Append('\\').Append(c);
                return at;
        }
    }

    // The reference spells out everything above U+007F before it reads escapes, so that a backslash before it makes the spelling stay.
    private static int Spelled(ReadOnlySpan<char> literal, int at, StringBuilder decoded)
    {
        bool pair = at + 1 < literal.Length && char.IsSurrogatePair(literal[at], literal[at + 1]);
        int character = pair ? char.ConvertToUtf32(literal[at], literal[at + 1]) : literal[at];
        decoded.Append(character < 0x100 ? $@"\x{character:x2}" : character <= char.MaxValue ? $@"\u{character:x4}" : $@"\U{character:x8}");
        return pair ? at + 1 : at;
    }

    private static int Hex(ReadOnlySpan<char> literal, int at, int digits, StringBuilder decoded, int line)
    {
        if (at + digits >= literal.Length
            || !int.TryParse(literal.Slice(at + 1, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out int value)
            || value is < 0 or > 0x10FFFF)
        {
            throw new TemplateException(line, $"'\\{literal[at]}' needs {digits} hexadecimal digits of a character");
        }

        decoded.Append(value > char.MaxValue ? char.ConvertFromUtf32(value) : ((char)value).ToString());
        return at + digits;
    }
}
