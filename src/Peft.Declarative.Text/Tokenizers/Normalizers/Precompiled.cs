using System.Globalization;
using System.Text;
using Peft.Declarative.Text.Patterns;
using Peft.Declarative.Text.Tokenizers.Loading;

namespace Peft.Declarative.Text.Tokenizers.Normalizers;

/// <summary>
/// SentencePiece's compiled normalization, as the reference applies it: a short grapheme cluster that begins with an entry of the table is
/// replaced as a whole (by the entry for its shortest such beginning), any other character by character.
/// </summary>
internal sealed class Precompiled : INormalizer
{
    private const int LongestWholeCluster = 5; // bytes of UTF-8

    private readonly CharsMap? _map;

    private Precompiled(CharsMap? map) => _map = map;

    internal static Precompiled Read(JsonSection section)
    {
        string? encoded = section.TextOrNull("precompiled_charsmap");
        if (string.IsNullOrEmpty(encoded))
        {
            return new Precompiled(map: null);
        }

        try
        {
            return new Precompiled(new CharsMap(Convert.FromBase64String(encoded)));
        }
        catch (FormatException broken)
        {
            throw section["precompiled_charsmap"].Error($"is no compiled character map: {broken.Message}", broken);
        }
    }

    // The replacement of a start that was removed counts as the start: the offset table of the reference is off by one entry there.
    public int UnitsOfStart(string text, int units)
    {
        int own = Normalize(text[..units]).Length;
        string normal = own > 0 ? "" : Normalize(text);
        if (normal.Length > 0)
        {
            CodePoints.At(normal, 0, out own);
        }

        return own;
    }

    public string Normalize(string text)
    {
        if (_map is null)
        {
            return text;
        }

        var normal = new StringBuilder(text.Length);
        ReadOnlySpan<char> rest = text;
        while (!rest.IsEmpty)
        {
            ReadOnlySpan<char> cluster = rest[..StringInfo.GetNextTextElementLength(rest)];
            rest = rest[cluster.Length..];
            if (Encoding.UTF8.GetByteCount(cluster) <= LongestWholeCluster && _map.Find(cluster) is { } whole)
            {
                normal.Append(whole);
                continue;
            }

            for (int i = 0, units; i < cluster.Length; i += units)
            {
                CodePoints.At(cluster, i, out units);
                ReadOnlySpan<char> character = cluster.Slice(i, units);
                normal.Append(_map.Find(character) is { } single ? single : character);
            }
        }

        return normal.ToString();
    }
}
