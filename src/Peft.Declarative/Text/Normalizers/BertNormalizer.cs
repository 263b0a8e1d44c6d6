using System.Globalization;
using System.Text;
using Peft.Declarative.Text.Loading;
using Peft.Declarative.Text.Patterns;

namespace Peft.Declarative.Text.Normalizers;

/// <summary>BERT's own cleaning: control characters, spaces around Chinese characters, accents, case.</summary>
internal sealed class BertNormalizer : INormalizer
{
    private readonly List<Func<string, string>> steps = [];

    private BertNormalizer(bool cleanText, bool spaceChinese, bool stripAccents, bool lowercase)
    {
        Add(cleanText, new CharacterFilter(Clean).Normalize);
        Add(spaceChinese, SpaceChinese);
        Add(stripAccents, StripAccents);
        Add(lowercase, new Lowercase().Normalize);
    }

    internal static BertNormalizer Read(JsonSection section)
    {
        bool lowercase = section.Flag("lowercase", otherwise: true);
        return new BertNormalizer(
            section.Flag("clean_text", otherwise: true),
            section.Flag("handle_chinese_chars", otherwise: true),
            section.Flag("strip_accents", otherwise: lowercase),
            lowercase);
    }

    public string Normalize(string text) => steps.Aggregate(text, (current, step) => step(current));

    private void Add(bool wanted, Func<string, string> step)
    {
        if (wanted)
        {
            steps.Add(step);
        }
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

        bool control = CodePoints.Category(c) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.PrivateUse;
        return control ? -1 : CodePoints.IsWhiteSpace(c) ? ' ' : c;
    }

    private static string SpaceChinese(string text)
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

    private static string StripAccents(string text) => new CharacterFilter(c => CodePoints.Category(c) == UnicodeCategory.NonSpacingMark ? -1 : c)
        .Normalize(text.Normalize(NormalizationForm.FormD));

    // The blocks of the original BERT code; 2B920 is its slip for 2B820 and part of the format by now.
    private static bool IsChinese(int c) => c is (>= 0x4E00 and <= 0x9FFF) or (>= 0x3400 and <= 0x4DBF) or (>= 0x20000 and <= 0x2A6DF)
        or (>= 0x2A700 and <= 0x2B73F) or (>= 0x2B740 and <= 0x2B81F) or (>= 0x2B920 and <= 0x2CEAF) or (>= 0xF900 and <= 0xFAFF)
        or (>= 0x2F800 and <= 0x2FA1F);
}
