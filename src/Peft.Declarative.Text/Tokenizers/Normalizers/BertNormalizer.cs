using System.Globalization;
using System.Text;
using Peft.Declarative.Text.Patterns;
using Peft.Declarative.Text.Tokenizers.Loading;

namespace Peft.Declarative.Text.Tokenizers.Normalizers;

/// <summary>BERT's own cleaning: control characters, spaces around Chinese characters, accents, case.</summary>
internal static class BertNormalizer
{
    internal static NormalizerSequence Read(JsonSection section)
    {
        List<INormalizer> steps = [];
        if (section.Flag("clean_text", otherwise: true))
        {
            steps.Add(new CharacterFilter(Clean));
        }

        if (section.Flag("handle_chinese_chars", otherwise: true))
        {
            steps.Add(new ChineseSpacing());
        }

        bool lowercase = section.Flag("lowercase", otherwise: true);
        if (section.Flag("strip_accents", otherwise: lowercase))
        {
            steps.Add(new UnicodeForm(NormalizationForm.FormD));
            steps.Add(new CharacterFilter(c => OlderUnicode.IsAccentForBert(c) ? -1 : c));
        }

        if (lowercase)
        {
            steps.Add(new Lowercase());
        }

        return new NormalizerSequence(steps);
    }

    private static int Clean(int c)
    {
        if (c is 0 or 0xFFFD)
        {
            return -1;
        }

        if (c is '\t' or '\n' or '\r')
        {
            return ' ';
        }

        bool control = CodePoints.Category(c) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.PrivateUse
            && !OlderUnicode.KeptFormats.Contains(c);
        return control ? -1 : CodePoints.IsWhiteSpace(c) ? ' ' : c;
    }
}

/// <summary>Puts a space before and after every Chinese character.</summary>
internal sealed class ChineseSpacing : INormalizer
{
    public string Normalize(string text)
    {
        var spaced = new StringBuilder(text.Length);
        for (int i = 0, units; i < text.Length; i += units)
        {
            int c = CodePoints.At(text, i, out units);
            bool chinese = IsChinese(c);
            spaced.Append(chinese ? " " : "").Append(text, i, units).Append(chinese ? " " : "");
        }

        return spaced.ToString();
    }

    // The blocks of the original BERT code; 2B920 is a slip there for 2B820, and has become part of the format.
    private static bool IsChinese(int c) => c is (>= 0x4E00 and <= 0x9FFF) or (>= 0x3400 and <= 0x4DBF) or (>= 0x20000 and <= 0x2A6DF)
        or (>= 0x2A700 and <= 0x2B73F) or (>= 0x2B740 and <= 0x2B81F) or (>= 0x2B920 and <= 0x2CEAF) or (>= 0xF900 and <= 0xFAFF)
        or (>= 0x2F800 and <= 0x2FA1F);
}
