using System.Text;
using Peft.Declarative.Text.Patterns;

namespace Peft.Declarative.Text.Tokenizers.Normalizers;

/// <summary>Keeps, drops or exchanges one code point at a time.</summary>
/// <param name="map">The code point to keep instead, or -1 to drop it.</param>
internal sealed class CharacterFilter(Func<int, int> map) : INormalizer
{
    /// <summary>Drops every mark. What carries it must have been decomposed before.</summary>
    internal static CharacterFilter StripAccents { get; } = new(c => OlderUnicode.IsAccent(c) ? -1 : c);

    /// <summary>The control and space rules of translation models.</summary>
    internal static CharacterFilter Nmt { get; } = new(c => c switch
    {
        (>= 0x01 and <= 0x08) or 0x0B or (>= 0x0E and <= 0x1F) or 0x7F or 0x8F or 0x9F => -1,
        0x09 or 0x0A or 0x0C or 0x0D or 0x1680 or (>= 0x200B and <= 0x200F) or 0x2028 or 0x2029 or 0x2581 or 0xFEFF or 0xFFFD => ' ',
        _ => c,
    });

    public string Normalize(string text)
    {
        var kept = new StringBuilder(text.Length);
        for (int i = 0, units; i < text.Length; i += units)
        {
            int c = map(CodePoints.At(text, i, out units));
            if (c >= 0)
            {
                CodePoints.Append(kept, c);
            }
        }

        return kept.ToString();
    }
}
