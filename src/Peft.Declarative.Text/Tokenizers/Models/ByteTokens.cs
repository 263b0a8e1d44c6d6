using System.Text;

namespace Peft.Declarative.Text.Tokenizers.Models;

/// <summary>The tokens <c>&lt;0x00&gt;</c> to <c>&lt;0xFF&gt;</c>, which spell the characters that a vocabulary lacks.</summary>
internal sealed class ByteTokens
{
    private readonly int[] _ids;

    internal ByteTokens(Vocabulary vocabulary) =>
        _ids = [.. Enumerable.Range(0, 256).Select(value => vocabulary.IdOf($"<0x{value:X2}>") ?? -1)];

    /// <summary>Appends the ids of the text's UTF-8 bytes, or nothing and false if one byte has no token.</summary>
    internal bool TryAppend(ReadOnlySpan<char> text, List<int> into)
    {
        int before = into.Count;
        Span<byte> bytes = stackalloc byte[4];
        foreach (Rune rune in text.EnumerateRunes())
        {
            int length = rune.EncodeToUtf8(bytes);
            for (int i = 0; i < length; i++)
            {
                if (_ids[bytes[i]] < 0)
                {
                    into.RemoveRange(before, into.Count - before);
                    return false;
                }

                into.Add(_ids[bytes[i]]);
            }
        }

        return true;
    }
}
