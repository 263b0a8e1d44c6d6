using System.Text;

namespace Peft.Declarative.Text.Tokenizers;

/// <summary>
/// One printable character for each byte, as byte-level models write them (GPT-2): the bytes 33–126, 161–172 and 174–255 are themselves,
/// the others U+0100 and up, in order.
/// </summary>
internal static class ByteAlphabet
{
    private const int First = 0x100;

    private static readonly char[] Characters = Build();
    private static readonly short[] Bytes = Invert(Characters);

    /// <summary>Appends the characters of the text's UTF-8 bytes.</summary>
    internal static void Append(StringBuilder into, ReadOnlySpan<char> text)
    {
        Span<byte> utf8 = stackalloc byte[4];
        for (int i = 0; i < text.Length; i++)
        {
            if (char.IsAscii(text[i]))
            {
                into.Append(Characters[text[i]]);
                continue;
            }

            Rune.DecodeFromUtf16(text[i..], out Rune rune, out int units);
            i += units - 1;
            foreach (byte b in utf8[..rune.EncodeToUtf8(utf8)])
            {
                into.Append(Characters[b]);
            }
        }
    }

    /// <summary>The byte that a character encodes, or -1.</summary>
    internal static int ByteOf(char c) => c < Bytes.Length ? Bytes[c] : -1;

    private static char[] Build()
    {
        var characters = new char[256];
        int next = First;
        for (int b = 0; b < 256; b++)
        {
            bool printable = b is (>= 33 and <= 126) or (>= 161 and <= 172) or >= 174;
            characters[b] = (char)(printable ? b : next++);
        }

        return characters;
    }

    private static short[] Invert(char[] characters)
    {
        short[] bytes = [.. Enumerable.Repeat((short)-1, characters.Max() + 1)];
        for (int b = 0; b < characters.Length; b++)
        {
            bytes[characters[b]] = (short)b;
        }

        return bytes;
    }
}
