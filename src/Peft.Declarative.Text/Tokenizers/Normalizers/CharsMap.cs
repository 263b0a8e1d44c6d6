using System.Buffers.Binary;
using System.Text;

namespace Peft.Declarative.Text.Tokenizers.Normalizers;

/// <summary>
/// SentencePiece's compiled replacement table: a double-array trie over UTF-8, followed by the replacements, each ended by a zero byte.
/// It comes from a file, so every step through it is checked.
/// </summary>
internal sealed class CharsMap
{
    private readonly uint[] _units;
    private readonly byte[] _replacements;

    /// <summary>Reads the table, whose first four bytes say how long the trie is.</summary>
    /// <exception cref="FormatException">The lengths do not fit together.</exception>
    internal CharsMap(byte[] data)
    {
        uint trieBytes = data.Length >= 4 ? BinaryPrimitives.ReadUInt32LittleEndian(data) : uint.MaxValue;
        if (trieBytes > data.Length - 4 || trieBytes % 4 != 0)
        {
            throw new FormatException(FormattableString.Invariant($"holds {data.Length:N0} bytes and says that {trieBytes:N0} of them are its index"));
        }

        _units = new uint[trieBytes / 4];
        for (int i = 0; i < _units.Length; i++)
        {
            _units[i] = BinaryPrimitives.ReadUInt32LittleEndian(data.AsSpan(4 + 4 * i));
        }

        _replacements = data[(4 + (int)trieBytes)..];
    }

    /// <summary>Replacement of the shortest prefix of <paramref name="text"/> that has one; null if none has.</summary>
    internal string? Find(ReadOnlySpan<char> text)
    {
        Span<byte> utf8 = stackalloc byte[4];
        uint node = 0;
        if (!TryStep(ref node, 0, out _, isRoot: true))
        {
            return null;
        }

        foreach (Rune rune in text.EnumerateRunes())
        {
            foreach (byte b in utf8[..rune.EncodeToUtf8(utf8)])
            {
                if (b == 0 || !TryStep(ref node, b, out bool hasValue, isRoot: false))
                {
                    return null;
                }

                if (hasValue)
                {
                    return node < _units.Length ? ReplacementAt(_units[node] & 0x7FFF_FFFF) : null;
                }
            }
        }

        return null;
    }

    private bool TryStep(ref uint node, byte label, out bool hasValue, bool isRoot)
    {
        uint target = node ^ label;
        hasValue = false;
        if (target >= _units.Length)
        {
            return false;
        }

        uint unit = _units[target];
        if (!isRoot && (unit & 0x8000_00FF) != label)
        {
            return false;
        }

        hasValue = ((unit >> 8) & 1) == 1;
        node = target ^ ((unit >> 10) << (int)((unit & (1u << 9)) >> 6));
        return true;
    }

    private string? ReplacementAt(uint start)
    {
        if (start >= _replacements.Length)
        {
            return start == _replacements.Length ? "" : null;
        }

        ReadOnlySpan<byte> rest = _replacements.AsSpan((int)start);
        int end = rest.IndexOf((byte)0);
        return Encoding.UTF8.GetString(end < 0 ? rest : rest[..end]);
    }
}
