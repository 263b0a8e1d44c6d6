using System.Text;
using Peft.Declarative.Text.Patterns;

namespace Peft.Declarative.Text.Tokenizers.Normalizers;

/// <summary>Keeps, drops or replaces one code point at a time.</summary>
/// <param name="map">The code point to keep instead, or -1 to drop it.</param>
internal sealed class CharacterFilter(Func<int, int> map) : INormalizer
{
    /// <summary>Drops every mark. The text must have been decomposed before.</summary>
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

/// <summary>Lower case, character by character: a final sigma is not special.</summary>
internal sealed class Lowercase : INormalizer
{
    public string Normalize(string text)
    {
        var lower = new StringBuilder(text.Length);
        for (int i = 0, units; i < text.Length; i += units)
        {
            CodePoints.AppendLower(lower, CodePoints.At(text, i, out units));
        }

        return lower.ToString();
    }
}

/// <summary>One of the four Unicode normalization forms.</summary>
internal sealed class UnicodeForm(NormalizationForm form) : INormalizer
{
    // .NET refuses text that contains it; like any code point without a normal form it is kept.
    private const int RefusedNoncharacter = 0xFFFE;

    public string Normalize(string text)
    {
        if (Ascii.IsValid(text))
        {
            return text;
        }

        var normal = new StringBuilder(text.Length);
        int done = 0;
        for (int i = 0, units; i < text.Length; i += units)
        {
            int c = CodePoints.At(text, i, out units);
            if (c == RefusedNoncharacter || OlderUnicode.WithoutForms.Contains(c))
            {
                normal.Append(text[done..i].Normalize(form)).Append(text, i, units);
                done = i + units;
            }
        }

        return done == 0 ? text.Normalize(form) : normal.Append(text[done..].Normalize(form)).ToString();
    }
}
